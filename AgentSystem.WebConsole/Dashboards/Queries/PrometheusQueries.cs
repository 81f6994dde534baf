using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Data;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>Asks Prometheus what panels want to know.</summary>
public sealed class PrometheusQueries(PrometheusClient prometheus, SharedQueries shared)
{
    // So many moments with an exemplar can be told apart and clicked.
    private const int MostExemplars = 60;

    /// <summary>Asks one query.</summary>
    public async Task<Answer<QueryResult>> AskAsync(PlannedQuery query, CancellationToken cancellation)
    {
        if (query.Instant)
        {
            var samples = await shared.AskAsync(Backend.Prometheus, $"{query.Expression}@{query.To:o}", stop => prometheus.QueryAsync(query.Expression, query.To, stop), cancellation);
            return samples.Map(s => QueryResult.Of(query, [.. s.Select(one => (one.Labels, new[] { one.Point.At.ToUnixTimeMilliseconds() }, new[] { one.Point.Value }))], []));
        }
        var exemplars = query.Exemplars ? ExemplarsAsync(query, cancellation) : Task.FromResult<IReadOnlyList<ExemplarPoint>>([]);
        var series = await shared.AskAsync(
            Backend.Prometheus, $"{query.Expression}@{query.From:o}-{query.To:o}/{query.Step}", stop => prometheus.QueryRangeAsync(query.Expression, query.From, query.To, query.Step, stop), cancellation);
        // A chart without its exemplars is still right.
        var found = await exemplars;
        return series.Map(all => QueryResult.Of(query, [.. all.Select(one => Grid.Place(one, query))], found));
    }

    private async Task<IReadOnlyList<ExemplarPoint>> ExemplarsAsync(PlannedQuery query, CancellationToken cancellation)
    {
        var answer = await shared.AskAsync(
            Backend.Prometheus, $"{query.Expression}@{query.From:o}-{query.To:o}/exemplars", stop => prometheus.ExemplarsAsync(query.Expression, query.From, query.To, stop), cancellation);
        if (!answer.IsData)
            return [];
        // Of each moment the highest: what took longest is what people want to see.
        var share = Math.Max(1, (long)(query.To - query.From).TotalMilliseconds / MostExemplars);
        return [.. answer.Value.Where(e => double.IsFinite(e.Point.Value)).Select(e => Point(query.Target.RefId, e)).GroupBy(e => e.At / share).Select(g => g.MaxBy(e => e.Value)!).OrderBy(e => e.At)];
    }

    private static ExemplarPoint Point(string refId, Exemplar exemplar) => new(
        refId, exemplar.Point.At.ToUnixTimeMilliseconds(), exemplar.Point.Value, exemplar.TraceId,
        exemplar.Series.Where(l => l.Key is not ("__name__" or "le")).Concat(exemplar.Labels).DistinctBy(l => l.Key).ToDictionary(l => l.Key, l => l.Value));
}
