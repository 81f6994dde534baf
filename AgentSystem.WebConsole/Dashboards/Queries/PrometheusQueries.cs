using System.Globalization;
using System.Text.Json;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Dashboards.Data;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>Asks Prometheus what panels want to know.</summary>
public sealed class PrometheusQueries(PrometheusClient prometheus, SharedQueries shared)
{
    // So many moments with an exemplar can be told apart and clicked.
    private const int MostExemplars = 60;

    private static readonly string[] TraceLabels = ["trace_id", "traceID", "traceId"];

    /// <summary>Asks one query.</summary>
    public async Task<Answer<QueryResult>> AskAsync(PlannedQuery query, CancellationToken cancellation)
    {
        if (query.Instant)
        {
            var samples = await shared.AskAsync($"{query.Expression}@{query.To:o}", stop => prometheus.QueryAsync(query.Expression, query.To, stop), cancellation);
            return samples.Map(s => QueryResult.Of(query, [.. s.Select(one => (one.Labels, new[] { one.Point.At.ToUnixTimeMilliseconds() }, new[] { one.Point.Value }))], []));
        }
        var exemplars = query.Exemplars ? ExemplarsAsync(query, cancellation) : Task.FromResult<IReadOnlyList<ExemplarPoint>>([]);
        var series = await shared.AskAsync(
            $"{query.Expression}@{query.From:o}-{query.To:o}/{query.Step}", stop => prometheus.QueryRangeAsync(query.Expression, query.From, query.To, query.Step, stop), cancellation);
        // A chart without its exemplars is still right.
        var found = await exemplars;
        return series.Map(all => QueryResult.Of(query, [.. all.Select(one => Grid.Place(one, query))], found));
    }

    private async Task<IReadOnlyList<ExemplarPoint>> ExemplarsAsync(PlannedQuery query, CancellationToken cancellation)
    {
        var path = $"api/v1/query_exemplars?query={Uri.EscapeDataString(query.Expression)}&start={PrometheusClient.Seconds(query.From)}&end={PrometheusClient.Seconds(query.To)}";
        var answer = await shared.AskAsync(path, stop => prometheus.GetAsync(path, PrometheusJson.Default.PrometheusAnswer, stop), cancellation);
        if (!answer.IsData || answer.Value.Data.ValueKind != JsonValueKind.Array)
            return [];
        var all = answer.Value.Data.EnumerateArray()
            .SelectMany(series => series.GetProperty("exemplars").EnumerateArray().Select(e => Exemplar(query.Target.RefId, series, e)))
            .Where(e => double.IsFinite(e.Value)).ToList();
        // Of each moment the highest: what took longest is what people want to see.
        var share = Math.Max(1, (long)(query.To - query.From).TotalMilliseconds / MostExemplars);
        return [.. all.GroupBy(e => e.At / share).Select(g => g.MaxBy(e => e.Value)!).OrderBy(e => e.At)];
    }

    // {"labels":{"trace_id":"…"},"value":"0.13","timestamp":1600096945.479}
    private static ExemplarPoint Exemplar(string refId, JsonElement series, JsonElement exemplar)
    {
        var own = Texts(exemplar.GetProperty("labels"));
        var labels = Texts(series.GetProperty("seriesLabels")).Where(l => l.Key is not ("__name__" or "le")).Concat(own).DistinctBy(l => l.Key).ToDictionary(l => l.Key, l => l.Value);
        return new(
            refId, (long)(exemplar.GetProperty("timestamp").GetDouble() * 1000),
            double.TryParse(exemplar.GetProperty("value").GetString(), CultureInfo.InvariantCulture, out var value) ? value : double.NaN,
            TraceLabels.Select(l => own.GetValueOrDefault(l)).FirstOrDefault(id => id is not null), labels);
    }

    private static Dictionary<string, string> Texts(JsonElement labels) => labels.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString() ?? "");
}
