using System.Globalization;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;
using Microsoft.AspNetCore.WebUtilities;

namespace AgentSystem.WebConsole.Dashboards.Layout;

/// <summary>
/// What the address of a dashboard says, in Grafana's words, so that links carry over: <c>from</c>, <c>to</c>, <c>refresh</c>,
/// <c>var-&lt;name&gt;</c> and <c>viewPanel</c>.
/// </summary>
/// <param name="From">Where the range begins, as written.</param>
/// <param name="Refresh">How often, as written; empty for never.</param>
/// <param name="Variables">The values asked for, by variable.</param>
/// <param name="ViewPanel">The panel to be shown alone, or null.</param>
public sealed record DashboardAddress(string From, string To, string Refresh, IReadOnlyDictionary<string, IReadOnlyList<string>> Variables, int? ViewPanel)
{
    private const string VariablePrefix = "var-";

    /// <summary>Grafana's word for what it writes where nothing is refreshed.</summary>
    private const string Never = "off";

    /// <summary>Refreshing more often than Prometheus collects shows nothing new.</summary>
    private static readonly TimeSpan LeastRefresh = TimeSpan.FromSeconds(1);

    /// <summary>Reads an address; what it does not say, the dashboard does.</summary>
    public static DashboardAddress Read(Uri address, Dashboard dashboard)
    {
        var query = QueryHelpers.ParseQuery(address.Query);
        var variables = query.Where(q => q.Key.StartsWith(VariablePrefix, StringComparison.Ordinal))
            .ToDictionary(q => q.Key[VariablePrefix.Length..], q => (IReadOnlyList<string>)[.. q.Value.OfType<string>()], StringComparer.Ordinal);
        var panel = One("viewPanel") is { } view && int.TryParse(view.StartsWith("panel-", StringComparison.Ordinal) ? view[6..] : view, CultureInfo.InvariantCulture, out var id) ? id : (int?)null;
        return new(One("from") ?? dashboard.From, One("to") ?? dashboard.To, One("refresh") is { } refresh ? refresh == Never ? "" : refresh : dashboard.Refresh, variables, panel);

        string? One(string name) => query.TryGetValue(name, out var values) && values is [{ Length: > 0 } value, ..] ? value : null;
    }

    /// <summary>How often the data is asked for again; null for never.</summary>
    public TimeSpan? Interval => Refresh.Length == 0 || Intervals.TryRead(Refresh) is not { } interval ? null : interval < LeastRefresh ? LeastRefresh : interval;

    /// <summary>The parameters that set one variable.</summary>
    public static Dictionary<string, object?> Setting(Variable variable, IReadOnlyList<string> values) =>
        new() { [VariablePrefix + variable.Name] = values.Count == 0 ? new[] { "" } : values.ToArray() };
}
