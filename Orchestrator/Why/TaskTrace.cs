using AgentSystem.Orchestrator.Why.Evidence;
using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Why;

/// <summary>
/// The spans of one task. A trace may hold several tasks (its submitter's context was the same) and may have holes (a span is sent when
/// it ends, or was lost); a span belongs to the task if the nearest of its ancestors that names a task names this one.
/// </summary>
internal sealed class TaskTrace
{
    private readonly Dictionary<(string Trace, string Span), TaskSpan> _byId = [];
    private readonly string _taskId;

    internal TaskTrace(string taskId, IReadOnlyList<TaskSpan> spans)
    {
        _taskId = taskId;
        foreach (var span in spans)
            _byId[(span.TraceId, span.SpanId)] = span;
        var others = spans.Where(s => s.TaskId is { } other && other != taskId).Select(s => s.TraceId).ToHashSet(StringComparer.Ordinal);
        Spans = [.. spans.Where(s => Owner(s) is { } owner ? owner == taskId : IsOrphan(s) && !others.Contains(s.TraceId)).OrderBy(s => s.Start)];
    }

    /// <summary>The task's spans, by their beginning.</summary>
    internal IReadOnlyList<TaskSpan> Spans { get; }

    /// <summary>Attempts, by their beginning.</summary>
    internal IEnumerable<TaskSpan> Processes => Spans.Where(s => s.Operation == TelemetryNames.Spans.Process && s.TaskId == _taskId);

    /// <summary>The orchestrator's settlement of an attempt, or null.</summary>
    internal TaskSpan? Settlement(int attempt) =>
        Spans.LastOrDefault(s => s.Operation == TelemetryNames.Spans.Settle && s.Attempt == attempt);

    /// <summary>The agent's spans within an attempt, without those of agents that it called itself.</summary>
    internal IReadOnlyList<TaskSpan> Agents(TaskSpan process) =>
        [.. Spans.Where(s => s.Operation == TelemetryNames.Spans.InvokeAgent && s.TraceId == process.TraceId && s.ParentId == process.SpanId)];

    /// <summary>Calls of models and tools within an attempt. While it goes on its own span is not there yet, and they hang in the air.</summary>
    internal IEnumerable<TaskSpan> Calls(TaskSpan? process, int attempt, DateTimeOffset? since) => Spans.Where(s => (s.IsModel || s.IsTool) && (
        process is not null
            ? Ancestors(s).Contains(process)
            : !Ancestors(s).Any(a => a.Operation == TelemetryNames.Spans.Process) && (attempt > 1 || since is null || s.Start >= since)));

    /// <summary>The attempt that a span is part of, where that is known.</summary>
    internal int? AttemptOf(TaskSpan span) => span.Attempt ?? Ancestors(span).Select(a => a.Attempt).FirstOrDefault(a => a is not null);

    /// <summary>How many ancestors a span has.</summary>
    internal int Depth(TaskSpan span) => Ancestors(span).Count();

    private string? Owner(TaskSpan span) => span.TaskId ?? Ancestors(span).Select(a => a.TaskId).FirstOrDefault(id => id is not null);

    // Its parent is missing, or one of its parent's is.
    private bool IsOrphan(TaskSpan span) => Ancestors(span).LastOrDefault(span).ParentId is not null;

    private IEnumerable<TaskSpan> Ancestors(TaskSpan span)
    {
        // Bounded, because a broken exporter may make a circle.
        for (var i = 0; i < 100 && span.ParentId is { } parent && _byId.TryGetValue((span.TraceId, parent), out var next); i++)
            yield return span = next;
    }
}
