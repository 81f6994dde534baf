using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>Asks for the data of a panel.</summary>
public sealed class PanelLoader(PrometheusQueries prometheus, LokiQueries loki)
{
    /// <summary>More series in one panel nobody tells apart; the browser should not have to either.</summary>
    private const int MostSeries = 100;

    /// <summary>
    /// Asks all queries of a panel at once. A backend that is down is the answer; what is wrong with a query is part of the data.
    /// </summary>
    public async Task<Answer<PanelData>> LoadAsync(Panel panel, Scope scope, TimeWindow range, CancellationToken cancellation)
    {
        IReadOnlyList<PlannedQuery> queries;
        try
        {
            queries = PlannedQuery.Of(panel, scope, range);
        }
        catch (DashboardException e)
        {
            return PanelData.Empty with { Problems = [e.Message] };
        }
        if (queries.Count == 0)
            return PanelData.Empty;
        var answers = await Task.WhenAll(queries.Select(q => q.Backend == Backend.Loki ? loki.AskAsync(q, cancellation) : prometheus.AskAsync(q, cancellation)));
        if (answers.FirstOrDefault(a => a.Problem?.Kind is ProblemKind.Down or ProblemKind.NotConfigured) is { Problem: { } down })
            return down;
        var results = answers.Where(a => a.IsData).Select(a => a.Value!).ToList();
        var problems = answers.Zip(queries).Where(p => !p.First.IsData).Select(p => $"{p.Second.Target.RefId}: {p.First.Problem!.Text}").ToList();
        var series = results.SelectMany(r => r.Series).ToList();
        if (series.Count > MostSeries)
        {
            problems.Add($"{MostSeries} of {series.Count} series are shown.");
            series.RemoveRange(MostSeries, series.Count - MostSeries);
        }
        var tables = Tables(panel, results);
        return new PanelData(
            queries.Min(q => q.From).ToUnixTimeMilliseconds(), queries.Max(q => q.To).ToUnixTimeMilliseconds(), (long)queries.Max(q => q.Step).TotalMilliseconds, series, tables,
            [.. results.SelectMany(r => r.Logs)], [.. results.SelectMany(r => r.Exemplars)], problems);
    }

    private static IReadOnlyList<DataTable> Tables(Panel panel, List<QueryResult> results)
    {
        if (panel.Options is not TableOptions)
            return [];
        return DataTable.Transform([.. results.Select(r => r.Table).OfType<DataTable>()], panel.Transformations);
    }
}

/// <summary>What one query answered.</summary>
public sealed record QueryResult(IReadOnlyList<DataSeries> Series, DataTable? Table, IReadOnlyList<LogRow> Logs, IReadOnlyList<ExemplarPoint> Exemplars)
{
    /// <summary>The table and the series of a query's samples or ranges.</summary>
    public static QueryResult Of(PlannedQuery query, IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, long[] Times, double[] Values)> found, IReadOnlyList<ExemplarPoint> exemplars)
    {
        var names = SeriesNames.Of(query.Legend, query.Expression, [.. found.Select(f => f.Labels)]);
        var series = found.Select((f, i) => new DataSeries(query.Target.RefId, names[i], f.Labels, f.Times, f.Values)).ToList();
        return new(series, query.Target.Format == TargetFormat.Table ? DataTable.Of(query.Target.RefId, series, query.Alone) : null, [], exemplars);
    }
}
