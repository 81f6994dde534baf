using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Variables;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>
/// The data sources that dashboards can name, by the uids and names that Grafana is provisioned with
/// (<c>infra/grafana/provisioning/datasources</c>).
/// </summary>
public static class DataSources
{
    /// <summary>How often Prometheus collects: <c>scrape_interval</c> in <c>infra/prometheus/prometheus.yml</c>.</summary>
    public static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(5);

    private static readonly (string Type, string Uid, string Name, Backend Backend)[] Known =
        [("prometheus", "prometheus", "Prometheus", Backend.Prometheus), ("loki", "loki", "Loki", Backend.Loki)];

    /// <summary>Those of a type, as a variable's choices.</summary>
    public static IReadOnlyList<Choice> OfType(string type) => [.. Known.Where(k => k.Type == type).Select(k => new Choice(k.Name, k.Uid))];

    /// <summary>The backend that a panel's data source means.</summary>
    /// <exception cref="DashboardException">There is no such data source here.</exception>
    public static Backend Find(DataSourceRef? source, Scope scope)
    {
        var uid = source?.Uid is { } named ? scope.Apply(named, TextUse.Plain) : "";
        if (uid is "" or "default" or "-- Mixed --" || (source?.Uid is { } variable && variable == uid && uid.StartsWith('$')))
            return source?.Type == "loki" ? Backend.Loki : Backend.Prometheus;
        foreach (var known in Known)
            if (known.Uid == uid || known.Name == uid)
                return known.Backend;
        throw new DashboardException($"Not supported: the data source '{uid}'. There are {string.Join(" and ", Known.Select(k => $"'{k.Uid}'"))}.");
    }
}
