using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Traces;

/// <summary>What a search found, made ready once for all pages that show it.</summary>
/// <param name="Traces">The traces.</param>
/// <param name="Plot">The same as points.</param>
/// <param name="Scale">The time that was searched.</param>
public sealed record FoundTraces(IReadOnlyList<TraceSummary> Traces, DurationPlot Plot, TimeScale Scale)
{
    /// <summary>Searches.</summary>
    public static async Task<Answer<FoundTraces>> AskAsync(JaegerClient jaeger, TraceSearch search, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jaeger);
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetUtcNow();
        if (search.Range.Resolve(now) is not { } ends)
            return new Problem(Backend.Jaeger, ProblemKind.Refused, "The time range ends before it begins.", now);
        var scale = new TimeScale(ends.From, ends.To);
        return (await jaeger.SearchAsync(search.ToJaeger(now)!, cancellationToken)).Map(found =>
        {
            IReadOnlyList<TraceSummary> traces = [.. found.Select(TraceSummary.Of)];
            return new FoundTraces(traces, DurationPlot.Of(traces, scale), scale);
        });
    }
}
