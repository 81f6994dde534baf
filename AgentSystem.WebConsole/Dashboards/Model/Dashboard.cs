namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>A dashboard of Grafana's classic JSON model (schema versions 36 to 42), as far as it is shown here.</summary>
/// <param name="Uid">Its name in addresses; the same in Grafana and here.</param>
/// <param name="Schema">Grafana's <c>schemaVersion</c>.</param>
/// <param name="From">Where the time range begins unless the address says otherwise, as <c>now-6h</c>.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Refresh">How often the data is asked for again, as <c>10s</c>; empty for never.</param>
/// <param name="Panels">All panels and rows in the order of the file; a collapsed row holds its own.</param>
/// <param name="NotSupported">What the file says and is not honoured, apart from what belongs to one panel.</param>
public sealed record Dashboard(
    string Uid, string Title, string Description, IReadOnlyList<string> Tags, int Schema, string From, string To, string Refresh,
    IReadOnlyList<string> RefreshChoices, CrosshairMode Crosshair, IReadOnlyList<Variable> Variables, IReadOnlyList<AnnotationSource> Annotations,
    IReadOnlyList<DashboardLink> Links, IReadOnlyList<Panel> Panels, IReadOnlyList<string> NotSupported);

/// <summary>Whether pointing at a moment in one panel marks it in the others: <c>graphTooltip</c>.</summary>
public enum CrosshairMode
{
    Off,
    Crosshair,
    Tooltip,
}

/// <summary>A link of a dashboard, a panel or a value. The address may name variables.</summary>
public sealed record DashboardLink(string Title, string Url, bool NewTab, bool KeepTime = false, bool KeepVariables = false, string? Tooltip = null);

/// <summary>A data source as a file names it: by type, and by uid or a variable (<c>${datasource}</c>).</summary>
/// <param name="Type"><c>prometheus</c>, <c>loki</c> or another plugin's id; null when the file leaves it open.</param>
/// <param name="Uid">Uid, name or variable; null for the default.</param>
public sealed record DataSourceRef(string? Type, string? Uid);

/// <summary>What marks moments on every time series: a query whose results are events.</summary>
/// <param name="Color">The marks' colour, by Grafana's name or as <c>#rrggbb</c>.</param>
/// <param name="TitleFormat">Template of the title with <c>{{label}}</c>.</param>
/// <param name="TextFormat">Template of the text.</param>
/// <param name="TagKeys">Labels shown as tags.</param>
/// <param name="UseValueForTime">The value is the moment, in milliseconds; else the sample's own time is.</param>
public sealed record AnnotationSource(
    string Name, bool Enabled, bool Hidden, string Color, DataSourceRef Source, string Expression, string? Step, string TitleFormat, string TextFormat,
    IReadOnlyList<string> TagKeys, bool UseValueForTime);
