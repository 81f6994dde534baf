using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary><c>query</c> and <c>query_range</c>.</summary>
internal static class QueryEndpoints
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapMethods("/query", LokiExtensions.Asking, QueryAsync);
        api.MapMethods("/query_range", LokiExtensions.Asking, QueryRangeAsync);
    }

    private static async Task<IResult> QueryAsync(HttpContext context, QueryEngine engine, TimeProvider time)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        parameters.Limit();
        var at = parameters.Time;
        _ = parameters.Backward;
        if (Parser.Parse(parameters.Query) is not MetricExpr metric)
            throw new LogQlException("log queries are not supported as an instant query type, please change your query to a range query type");
        var answer = new Answer(context, time);
        var result = engine.Numbers(metric, new(at, at), answer.Statistics, context.RequestAborted);
        return answer.Of(result, apart: false);
    }

    private static async Task<IResult> QueryRangeAsync(HttpContext context, QueryEngine engine, IOptions<LokiOptions> options, TimeProvider time)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var (start, end) = parameters.OrderedBounds();
        var limit = parameters.Limit();
        var backward = parameters.Backward;
        var step = parameters.Step(start, end);
        var interval = parameters.Interval();
        var expr = Parser.Parse(parameters.Query);
        if (expr is LogExpr && limit > options.Value.MaxEntriesLimit)
            throw LokiException.BadRequest($"max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > {options.Value.MaxEntriesLimit})");
        CheckLength(start, end, options.Value.MaxQueryLength);

        var answer = new Answer(context, time);
        if (expr is LogExpr logs)
        {
            var apart = answer.IsApart;
            var lines = engine.Lines(logs, new(start, end), new(limit, backward, interval), answer.Statistics, context.RequestAborted);
            return answer.Of(StreamsResult.Of(lines, apart), apart);
        }
        // Loki counts steps in whole milliseconds.
        var stepNanos = Math.Max(1, step / 1_000_000) * 1_000_000;
        var aligned = new QueryTime(Floor(start, stepNanos), -Floor(-end, stepNanos), stepNanos);
        return answer.Of(engine.Numbers((MetricExpr)expr, aligned, answer.Statistics, context.RequestAborted), apart: false);
    }

    private static long Floor(long nanos, long step) => nanos - (((nanos % step) + step) % step);

    internal static void CheckLength(long start, long end, TimeSpan longest)
    {
        var length = end - start;
        if (longest > TimeSpan.Zero && length > longest.Ticks * 100)
            throw LokiException.BadRequest(
                $"the query time range exceeds the limit (query length: {GoDuration.FormatGo(length)}, limit: {GoDuration.FormatPrometheus(longest.Ticks * 100)})");
    }
}
