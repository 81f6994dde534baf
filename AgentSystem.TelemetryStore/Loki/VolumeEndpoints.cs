using System.Text;
using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>How much there is: <c>index/stats</c>, <c>index/volume</c>, <c>index/volume_range</c>. Counted from the lines, where Loki asks its index.</summary>
internal static class VolumeEndpoints
{
    private const int MaxSeries = 1000;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapMethods("/index/stats", LokiExtensions.Asking, StatsAsync);
        api.MapMethods("/index/volume", LokiExtensions.Asking, (HttpContext context, ILogStore store, TimeProvider time) => VolumeAsync(context, store, time, isRange: false));
        api.MapMethods("/index/volume_range", LokiExtensions.Asking, (HttpContext context, ILogStore store, TimeProvider time) => VolumeAsync(context, store, time, isRange: true));
        // Loki's default is to detect no patterns.
        api.MapMethods("/patterns", LokiExtensions.Asking, () => Results.NotFound());
    }

    private static async Task<IResult> StatsAsync(HttpContext context, ILogStore store)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var (start, end) = parameters.OrderedBounds();
        parameters.Step(start, end);
        var selection = new LogSelection(Parser.ParseSelector(parameters.Query), start, end + 1);
        long bytes = 0, entries = 0;
        foreach (var entry in store.Select(selection, context.RequestAborted))
            (bytes, entries) = (bytes + Size(entry), entries + 1);
        var streams = store.Streams(selection, context.RequestAborted).Count;
        return Answer.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("streams", streams);
            // A stream of this store is one chunk, whatever its length.
            writer.WriteNumber("chunks", streams);
            writer.WriteNumber("bytes", bytes);
            writer.WriteNumber("entries", entries);
            writer.WriteEndObject();
        });
    }

    private static async Task<IResult> VolumeAsync(HttpContext context, ILogStore store, TimeProvider time, bool isRange)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var (start, end) = parameters.OrderedBounds();
        var limit = parameters["limit"] is "0" ? 100 : parameters.Limit();
        var step = isRange ? parameters.Step(start, end) : 0;
        var byLabels = parameters["aggregateBy"] switch
        {
            "" or "series" => false,
            "labels" => true,
            _ => throw LokiException.BadRequest("invalid aggregation option"),
        };
        var matchers = parameters.Query is "" or "{}" ? [] : Parser.ParseSelector(parameters.Query);
        var targets = parameters["targetLabels"].Split(',', StringSplitOptions.RemoveEmptyEntries);

        var answer = new Answer(context, time);
        var volumes = new Dictionary<LabelSet, SortedDictionary<long, double>>();
        foreach (var entry in store.Select(new(matchers, start, end + 1), context.RequestAborted))
        {
            answer.Statistics.Lines++;
            var at = step == 0 ? end : Math.Min(end, start + ((((entry.TimestampNanos - start) / step) + 1) * step));
            foreach (var labels in Keys(entry.Stream, matchers, targets, byLabels))
            {
                if (!volumes.TryGetValue(labels, out var points))
                    volumes[labels] = points = volumes.Count < MaxSeries ? [] : throw LokiException.BadRequest($"the query hit the max number of series limit (limit: {MaxSeries} series)");
                points[at / 1_000_000] = points.GetValueOrDefault(at / 1_000_000) + Size(entry);
            }
        }
        var largest = volumes.OrderByDescending(v => v.Value.Values.First()).ThenBy(v => v.Key, LabelSet.Order).Take(limit).ToArray();
        return answer.Of(
            isRange && largest.Any(v => v.Value.Count > 1)
                ? new MatrixResult([.. largest.Select(v => new ResultSeries(v.Key, [.. v.Value.Select(p => (p.Key, p.Value))]))])
                : new VectorResult([.. largest.Select(v => new Sample(v.Key, v.Value.First().Key, v.Value.First().Value))]),
            apart: false);
    }

    /// <summary>Where a stream counts: in the series of its target labels, or in each of its labels.</summary>
    private static IEnumerable<LabelSet> Keys(IReadOnlyList<Label> stream, IReadOnlyList<LabelMatcher> matchers, string[] targets, bool byLabels)
    {
        if (byLabels)
            return stream.Where(l => targets.Length == 0 || targets.Contains(l.Name)).Select(l => new LabelSet([new(l.Name, "")]));
        var wanted = targets.Length > 0 ? targets : [.. matchers.Select(m => m.Name)];
        var labels = new LabelSet(wanted.Length == 0 ? stream : stream.Where(l => wanted.Contains(l.Name)));
        return labels.Labels.Count > 0 ? [labels] : [];
    }

    private static long Size(LogEntry entry) =>
        Encoding.UTF8.GetByteCount(entry.Line) + entry.Metadata.Sum(m => Encoding.UTF8.GetByteCount(m.Name) + Encoding.UTF8.GetByteCount(m.Value));
}
