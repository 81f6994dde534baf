using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why;

/// <summary>What failed, by the journal, the trace and the log.</summary>
internal static class Failures
{
    // Of spans and lines each; the rest says nothing new.
    private const int Most = 20;

    internal static IReadOnlyList<ExplainedFailure> Of(TaskCase given, TaskTrace trace)
    {
        var workers = given.Life.Where(e => e.Event is "ready" or "active").GroupBy(e => e.Attempt).ToDictionary(g => g.Key, g => g.Last().Worker);
        return
        [
            .. given.Errors.Select(e => new ExplainedFailure(
                FailureSource.Attempt, workers.GetValueOrDefault(e.Attempt, given.Task.Worker), e.Attempt, e.Type, e.Message, e.At, given.Task.CorrelationId))
                .Concat(trace.Spans.Where(s => s.IsError).Take(Most).Select(s => new ExplainedFailure(
                    FailureSource.Span, $"{s.Service} {s.Name}".Trim(), trace.AttemptOf(s), s.Tag(TelemetryNames.Attributes.ErrorType) ?? "error",
                    s.Tag("otel.status_description") ?? "", s.Start, s.TraceId)))
                .Concat(given.Logs.Items.Take(Most).Select(l => new ExplainedFailure(FailureSource.Log, l.Service, l.Attempt, l.Level, l.Text, l.At, l.TraceId)))
                .OrderBy(f => f.At),
        ];
    }
}
