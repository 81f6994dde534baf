using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Traces;

/// <summary>A trace as one line of a list.</summary>
/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="Service">Whose its root is.</param>
/// <param name="Name">The root's name.</param>
/// <param name="Start">When its first span began (UTC).</param>
/// <param name="Duration">From the first beginning to the last end.</param>
/// <param name="Spans">How many there are.</param>
/// <param name="Errors">How many of them ended with an error.</param>
/// <param name="Services">Who takes part, and with how many spans.</param>
public sealed record TraceSummary(
    string TraceId, string Service, string Name, DateTimeOffset Start, TimeSpan Duration, int Spans, int Errors, IReadOnlyList<KeyValuePair<string, int>> Services)
{
    /// <summary>Sums a trace up.</summary>
    public static TraceSummary Of(Trace trace)
    {
        var tree = TraceTree.Of(trace);
        var root = tree.Roots is [var first, ..] ? first.Span : null;
        return new(
            trace.TraceId, root?.Service ?? "", root?.Name ?? "no spans", tree.Start, tree.Duration, trace.Spans.Count, trace.Spans.Count(span => span.IsError),
            [.. trace.Spans.CountBy(span => span.Service).OrderByDescending(service => service.Value).ThenBy(service => service.Key, StringComparer.Ordinal)]);
    }

    /// <summary>Some of them in an order.</summary>
    public static IReadOnlyList<TraceSummary> Sort(IEnumerable<TraceSummary> traces, TraceOrder order) => order switch
    {
        TraceOrder.Longest => [.. traces.OrderByDescending(trace => trace.Duration)],
        TraceOrder.Shortest => [.. traces.OrderBy(trace => trace.Duration)],
        TraceOrder.MostSpans => [.. traces.OrderByDescending(trace => trace.Spans)],
        _ => [.. traces.OrderByDescending(trace => trace.Start)],
    };
}
