using System.Globalization;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Layout;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Queries;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AgentSystem.WebConsole.Dashboards.Pages;

/// <summary>A dashboard. What it shows is in its address; panels ask for their data themselves.</summary>
public sealed partial class DashboardPage
{
    private static readonly string[] Refreshes = ["5s", "10s", "30s", "1m", "5m"];

    // Choices change with what comes and goes: workers, types of tasks.
    private static readonly TimeSpan VariableInterval = TimeSpan.FromSeconds(30);

    // About what a window shows, in rows of the grid. The rest comes when that is drawn, so that nobody waits for what nobody sees.
    private const int FirstRows = 18;

    private readonly HashSet<string> _toggledRows = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toggledAnnotations = new(StringComparer.Ordinal);
    private DashboardFile? _file;
    private DashboardAddress? _address;
    private TimeWindow? _window;
    private Scope? _scope;
    private IReadOnlyList<PlacedPanel> _placed = [];
    private IReadOnlyList<Annotation> _annotations = [];
    private string? _error;
    private int _revision;
    private bool _isDrawing, _hasAll;

    /// <summary>The dashboard's uid.</summary>
    [Parameter]
    public string Uid { get; set; } = "";

    /// <summary>The title in Grafana's addresses, which means nothing.</summary>
    [Parameter]
    public string? Slug { get; set; }

    // A range that stands still never changes; one that moves is asked for again when the refresh says so.
    private TimeSpan? Interval => _window is { IsRelative: true } ? _address?.Interval : null;

    /// <inheritdoc/>
    protected override void OnInitialized() => Navigation.LocationChanged += OnLocationChanged;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (_file?.Dashboard?.Uid != Uid)
            _hasAll = false;
        _file = Files.Find(Uid);
        ReadAddress();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_scope is null || _hasAll || _isDrawing)
            return;
        _isDrawing = true;
        await Script.UntilDrawnAsync();
        (_isDrawing, _hasAll) = (false, true);
        StateHasChanged();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Navigation.LocationChanged -= OnLocationChanged;
        base.Dispose(disposing);
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(() =>
    {
        if (!new Uri(change.Location).AbsolutePath.StartsWith($"/d/{Uri.EscapeDataString(Uid)}", StringComparison.Ordinal))
            return;
        ReadAddress();
        StateHasChanged();
    });

    private void ReadAddress()
    {
        if (_file?.Dashboard is not { } dashboard)
            return;
        _address = DashboardAddress.Read(new(Navigation.Uri), dashboard);
        try
        {
            _error = null;
            _window = TimeWindow.Read(_address.From, _address.To, Time.GetUtcNow());
        }
        catch (DashboardException e)
        {
            _error = e.Message;
            return;
        }
        WatchVariables(dashboard, _address);
    }

    private void WatchVariables(Dashboard dashboard, DashboardAddress address)
    {
        var wanted = string.Join('&', address.Variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={string.Join(',', v.Value)}"));
        Scope? last = null;
        Watch<Scope>("variables", $"dashboards/{Uid}/{_file!.Version}/{address.From}/{address.To}/{wanted}", VariableInterval, async stop =>
        {
            try
            {
                return last = await VariableResolver.ResolveAsync(
                    dashboard.Variables, address.Variables, TimeWindow.Read(address.From, address.To, Time.GetUtcNow()),
                    Scope.Empty.With("__dashboard", dashboard.Title).With("__dashboard.uid", dashboard.Uid), VariableSource, last, stop);
            }
            catch (DashboardException e)
            {
                return new Problem(Backend.Prometheus, ProblemKind.Refused, e.Message, Time.GetUtcNow());
            }
        }, live =>
        {
            // While the next is on its way the last goes on being shown.
            if (live.Value is { } scope)
                Take(dashboard, scope);
            else if (live.Problem is { } problem)
                _error = problem.Text;
        });
    }

    private void Take(Dashboard dashboard, Scope scope)
    {
        _scope = scope;
        _placed = DashboardLayout.Of(dashboard, scope, _toggledRows);
        WatchAnnotations(dashboard, scope);
    }

    private void WatchAnnotations(Dashboard dashboard, Scope scope)
    {
        var sources = dashboard.Annotations.Where(IsOn).ToList();
        if (sources.Count == 0)
        {
            Unwatch("annotations");
            _annotations = [];
            return;
        }
        var address = _address!;
        var names = string.Join(',', sources.Select(s => s.Name));
        Watch<IReadOnlyList<Annotation>>(
            "annotations", $"dashboards/{Uid}/{_file!.Version}/annotations/{names}/{address.From}/{address.To}/{scope.Identity}", Interval ?? TimeSpan.FromDays(1),
            stop => AnnotationSource.LoadAsync(sources, scope, TimeWindow.Read(address.From, address.To, Time.GetUtcNow()), stop),
            live => _annotations = live.Value ?? _annotations);
    }

    private bool IsOn(AnnotationSource source) => source.Enabled != _toggledAnnotations.Contains(source.Name);

    private void Toggle(AnnotationSource source)
    {
        if (!_toggledAnnotations.Remove(source.Name))
            _toggledAnnotations.Add(source.Name);
        if (_scope is not null)
            WatchAnnotations(_file!.Dashboard!, _scope);
    }

    private void ToggleRow(string key)
    {
        if (!_toggledRows.Remove(key))
            _toggledRows.Add(key);
        _placed = DashboardLayout.Of(_file!.Dashboard!, _scope!, _toggledRows);
    }

    private void Set(Variable variable, IReadOnlyList<string> values) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(DashboardAddress.Setting(variable, values)));

    private void SetRefresh(ChangeEventArgs change) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("refresh", change.Value is string { Length: > 0 } refresh ? refresh : "off"));

    private void RefreshNow()
    {
        AskNow("variables");
        AskNow("annotations");
        _revision++;
    }

    private IEnumerable<string> RefreshChoices(Dashboard dashboard) =>
        (dashboard.RefreshChoices.Count > 0 ? dashboard.RefreshChoices : Refreshes).Append(_address!.Refresh).Where(r => r.Length > 0).Distinct(StringComparer.Ordinal);

    private static string Style(PlacedPanel place) =>
        string.Create(CultureInfo.InvariantCulture, $"--x:{place.Grid.X + 1};--y:{place.Grid.Y + 1};--w:{place.Grid.Width};--h:{place.Grid.Height}");
}
