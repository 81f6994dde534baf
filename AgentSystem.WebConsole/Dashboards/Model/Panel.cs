namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>A panel, or a row that heads panels.</summary>
/// <param name="Id">The number that <c>viewPanel</c> in addresses means.</param>
/// <param name="MinInterval">The least step, as <c>15s</c>; null for the data source's.</param>
/// <param name="MaxDataPoints">How many steps the range is cut into at most; null for as many as the panel is wide.</param>
/// <param name="TimeFrom">A range of its own, as <c>1h</c>, that ends where the dashboard's ends.</param>
/// <param name="TimeShift">How far its range lies before the dashboard's.</param>
/// <param name="Repeat">The variable of whose values each gets a copy of the panel or row.</param>
/// <param name="RepeatVertically">Copies below each other rather than side by side.</param>
/// <param name="MaxPerRow">At most so many copies side by side.</param>
/// <param name="Options">What only this type of panel has; <see cref="UnsupportedOptions"/> where we don't draw the type.</param>
/// <param name="Panels">The panels that a collapsed row hides.</param>
/// <param name="Blocked">Why the panel cannot be drawn as it is meant; empty when it can.</param>
/// <param name="NotSupported">Settings that are not honoured; what is drawn is right nevertheless.</param>
public sealed record Panel(
    int Id, string Type, string Title, string Description, GridPosition Grid, DataSourceRef? Source, IReadOnlyList<Target> Targets, FieldSettings Defaults,
    IReadOnlyList<FieldOverride> Overrides, PanelOptions Options, IReadOnlyList<Transformation> Transformations, IReadOnlyList<DashboardLink> Links,
    string? MinInterval, int? MaxDataPoints, string? TimeFrom, string? TimeShift, string? Repeat, bool RepeatVertically, int MaxPerRow, bool Collapsed,
    bool Transparent, IReadOnlyList<Panel> Panels, IReadOnlyList<string> Blocked, IReadOnlyList<string> NotSupported)
{
    public bool IsRow => Type == "row";
}

/// <summary>A place in a grid of 24 columns; a unit of height is 38 pixels (30 and a gap of 8).</summary>
public sealed record GridPosition(int X, int Y, int Width, int Height);

/// <summary>A query of a panel.</summary>
/// <param name="RefId">Its letter.</param>
/// <param name="Legend">Template with <c>{{label}}</c>; empty for name and labels, <c>__auto</c> for the label that tells series apart.</param>
/// <param name="Instant">Only the last moment is asked for.</param>
/// <param name="Format">What is made of the answer.</param>
/// <param name="Step">The least step of this query; may name a variable.</param>
/// <param name="StepFactor">The step is this many times as long: Grafana's <c>intervalFactor</c>.</param>
/// <param name="MaxLines">At most so many log lines.</param>
public sealed record Target(
    string RefId, DataSourceRef? Source, string Expression, string Legend, bool Instant, TargetFormat Format, bool Exemplars, bool Hidden, string? Step,
    int StepFactor, int? MaxLines);

/// <summary>What is made of a query's answer.</summary>
public enum TargetFormat
{
    TimeSeries,
    Table,
    Heatmap,
}

/// <summary>A step between answer and picture. Those that are not in <see cref="Known"/> block the panel.</summary>
/// <param name="Exclude">Fields to leave out.</param>
/// <param name="Order">Place by field.</param>
/// <param name="Rename">New name by field.</param>
public sealed record Transformation(
    string Id, IReadOnlySet<string> Exclude, IReadOnlyDictionary<string, int> Order, IReadOnlyDictionary<string, string> Rename)
{
    /// <summary>One table of all: rows that agree in the fields they share become one.</summary>
    public const string Merge = "merge";

    /// <summary>Leaves out, orders and renames fields.</summary>
    public const string Organize = "organize";

    public static IReadOnlySet<string> Known { get; } = new HashSet<string>(StringComparer.Ordinal) { Merge, Organize };
}
