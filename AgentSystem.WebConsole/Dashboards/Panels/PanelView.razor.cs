using System.Globalization;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Charts;
using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Format;
using AgentSystem.WebConsole.Dashboards.Layout;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Queries;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;
using AgentSystem.WebConsole.Live;
using Microsoft.AspNetCore.Components;

namespace AgentSystem.WebConsole.Dashboards.Panels;

/// <summary>One panel: asks for its data, all who look at the same share the answers, and shows it.</summary>
public sealed partial class PanelView
{
    private static readonly TimeSpan Once = TimeSpan.FromDays(1);

    private Live<PanelData>? _shown;
    private object? _model;
    private bool _asTable;
    private int _seenRevision;

    /// <summary>The panel, its place and its variables.</summary>
    [Parameter, EditorRequired]
    public PlacedPanel Place { get; set; } = null!;

    /// <summary>The file that it comes from.</summary>
    [Parameter, EditorRequired]
    public DashboardFile Dashboard { get; set; } = null!;

    /// <summary>The range and what else the address says.</summary>
    [Parameter, EditorRequired]
    public DashboardAddress Address { get; set; } = null!;

    /// <summary>The marked moments of the dashboard.</summary>
    [Parameter]
    public IReadOnlyList<Annotation> Annotations { get; set; } = [];

    /// <summary>How often the data is asked for again; null for never.</summary>
    [Parameter]
    public TimeSpan? Interval { get; set; }

    /// <summary>The panel is the only one that is shown.</summary>
    [Parameter]
    public bool Alone { get; set; }

    /// <summary>Grows when somebody wants the data now.</summary>
    [Parameter]
    public int Revision { get; set; }

    private Panel Panel => Place.Panel;

    private string Title => Place.Scope.Apply(Panel.Title, TextUse.Title);

    private string TitleId => $"panel-{Place.Key}";

    private TimeWindow Window => TimeWindow.Read(Address.From, Address.To, Time.GetUtcNow());

    private IReadOnlyList<string> Notes
    {
        get
        {
            if (Panel.Options is UnsupportedOptions)
                return [];
            var calcs = Panel.Options switch
            {
                TimeSeriesOptions t => t.Legend.Calcs,
                StatOptions s => s.Reduce.Calcs,
                GaugeOptions g => g.Reduce.Calcs,
                BarGaugeOptions b => b.Reduce.Calcs,
                _ => [],
            };
            return
            [
                .. Panel.NotSupported,
                .. calcs.Where(c => Reducer.Title(c) is null).Select(c => $"the calculation {c}"),
                .. Units.IsKnown(Panel.Defaults.Unit) ? [] : new[] { $"the unit {Panel.Defaults.Unit}" },
            ];
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Panel.Blocked.Count > 0 || Panel.Options is TextOptions)
            return;
        var (place, address) = (Place, Address);
        var key = string.Create(CultureInfo.InvariantCulture,
            $"dashboards/{Dashboard.Dashboard!.Uid}/{Dashboard.Version}/{Panel.Id}/{place.Grid.Width}/{address.From}/{address.To}/{Interval?.TotalSeconds}/{place.Scope.Identity}");
        Watch<PanelData>(
            "data", key, Interval ?? Once, stop => Loader.LoadAsync(place.Panel with { Grid = place.Grid }, place.Scope, TimeWindow.Read(address.From, address.To, Time.GetUtcNow()), stop),
            // What was shown stays until there is something new: nothing flickers when a variable changes.
            live =>
            {
                if (live.IsWaiting)
                    return;
                if (!ReferenceEquals(live.Value, _shown?.Value))
                    _model = live.Value is { } data ? Model(Panel, data) : null;
                _shown = live;
            });
        if (_seenRevision != Revision)
        {
            _seenRevision = Revision;
            AskNow("data");
        }
    }

    /// <summary>What is drawn: made once for each answer. What the data turns out not to allow is said in its place.</summary>
    private static object Model(Panel panel, PanelData data)
    {
        try
        {
            return panel.Options switch
            {
                StatOptions options => SingleValues.Of(panel, data, options.Reduce),
                GaugeOptions options => SingleValues.Of(panel, data, options.Reduce),
                BarGaugeOptions options => SingleValues.Of(panel, data, options.Reduce),
                TableOptions when data.Tables is [var table, ..] => TableView.Of(panel, table),
                TableOptions when data.Series.Count > 0 => throw new DashboardException("Not supported: series over time in a table. The query's format has to be table."),
                HeatmapOptions => HeatmapChart.Of(panel, data),
                var options => options,
            };
        }
        catch (DashboardException e)
        {
            return e;
        }
    }

    /// <summary>Where the panel's queries can be looked at more closely.</summary>
    private IEnumerable<(string Text, string Url)> Explore()
    {
        IReadOnlyList<PlannedQuery> queries;
        try
        {
            queries = PlannedQuery.Of(Panel, Place.Scope, Window);
        }
        catch (DashboardException)
        {
            yield break;
        }
        if (queries.FirstOrDefault(q => q.Backend == Backend.Loki) is { } logs)
            yield return ("Explore in Logs", $"/logs?query={Uri.EscapeDataString(logs.Expression)}&from={Uri.EscapeDataString(Address.From)}&to={Uri.EscapeDataString(Address.To)}");
        var metrics = queries.Where(q => q.Backend == Backend.Prometheus).ToList();
        // The console may know Prometheus by a name that the browser's machine does not.
        if (metrics.Count > 0 && Prometheus.Address is { IsLoopback: true } prometheus)
        {
            var graphs = metrics.Select((q, i) => string.Create(CultureInfo.InvariantCulture,
                $"g{i}.expr={Uri.EscapeDataString(q.Expression)}&g{i}.tab={(q.Instant ? 1 : 0)}&g{i}.range_input={Intervals.Text(Window.Length)}"));
            yield return ("Explore in Prometheus", $"{prometheus}graph?{string.Join('&', graphs)}");
        }
    }

    private void Zoom((long From, long To) range) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["from"] = range.From.ToString(CultureInfo.InvariantCulture),
        ["to"] = range.To.ToString(CultureInfo.InvariantCulture),
    }));
}
