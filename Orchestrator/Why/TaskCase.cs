using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Why.Evidence;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why;

/// <summary>All that is known about one task: what <see cref="Explanation"/> is made of. No clock, no I/O.</summary>
internal sealed record TaskCase
{
    internal required TaskRecord Task { get; init; }

    /// <summary>The end of what is explained: when the task was settled, else now.</summary>
    internal required DateTimeOffset To { get; init; }

    /// <summary>The journal's events, oldest first, by the orchestrator's clock; those of status lines by the worker's.</summary>
    internal IReadOnlyList<TaskEvent> Life { get; init; } = [];

    /// <summary>Every failed attempt.</summary>
    internal IReadOnlyList<TaskError> Errors { get; init; } = [];

    /// <summary>The result file of a completed task, by the worker's clock; null when there is none.</summary>
    internal TaskResult? Result { get; init; }

    internal Answer<TaskSpan> Traces { get; init; } = Answer<TaskSpan>.Off("traces", WhyOptions.JaegerVariable);

    internal Answer<LogLine> Logs { get; init; } = Answer<LogLine>.Off("logs", WhyOptions.LokiVariable);

    internal Surroundings Around { get; init; } = new();

    /// <summary>How long a lost worker holds a task.</summary>
    internal TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>What went on beside the task.</summary>
internal sealed record Surroundings
{
    /// <summary>Completed tasks of the same type and worker, before it.</summary>
    internal IReadOnlyList<TaskRecord> Peers { get; init; } = [];

    /// <summary>Unsettled tasks of the worker when this one was accepted.</summary>
    internal int Ahead { get; init; }

    /// <summary>When the task's worker had others under way.</summary>
    internal IReadOnlyList<Occupation> Running { get; init; } = [];

    /// <summary>Changes of other tasks' states in the meantime, oldest first.</summary>
    internal IReadOnlyList<TaskEvent> Meanwhile { get; init; } = [];

    /// <summary>The living processes of the task's worker.</summary>
    internal IReadOnlyList<WorkerHeartbeat> Instances { get; init; } = [];

    /// <summary>When the orchestrator's process started.</summary>
    internal DateTimeOffset OrchestratorStart { get; init; } = DateTimeOffset.MinValue;
}

/// <summary>Another task, while the worker had it under way.</summary>
internal readonly record struct Occupation(string TaskId, DateTimeOffset From, DateTimeOffset To);
