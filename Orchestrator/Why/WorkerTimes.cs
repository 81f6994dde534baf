using System.Globalization;
using AgentSystem.Orchestrator.Why.Evidence;
using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Why;

/// <summary>What a worker knows about one stretch that a task was with it, moved onto the orchestrator's clock.</summary>
internal sealed record WorkerTimes
{
    /// <summary>When it claimed the task; null when it did not.</summary>
    internal DateTimeOffset? Claimed { get; init; }

    /// <summary>When its agent began; null when that is not known.</summary>
    internal DateTimeOffset? AgentFrom { get; init; }

    /// <summary>When its agent ended; null when that is not known, or it has not.</summary>
    internal DateTimeOffset? AgentTo { get; init; }

    /// <summary>How long the worker knew of the task before it had a slot for it; null when it did not say.</summary>
    internal TimeSpan? SlotWait { get; init; }

    /// <summary>Calls of models and tools.</summary>
    internal IReadOnlyList<TaskSpan> Calls { get; init; } = [];

    /// <summary>How far its clock had to be moved to make sense; zero when it agrees with the orchestrator's.</summary>
    internal TimeSpan Shift { get; init; }

    /// <summary>Clocks are compared by times in whole milliseconds; what differs less agrees.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(5);

    internal static WorkerTimes Of(Stretch stretch, TaskSpan? process, TaskTrace trace, TaskResult? result)
    {
        var agents = process is null ? [] : trace.Agents(process);
        var claimed = process?.Start ?? result?.StartedAt;
        var from = agents.Count > 0 ? agents.Min(s => s.Start) : stretch.Started;
        var to = agents.Count > 0 ? agents.Max(s => s.End) : result?.FinishedAt;
        // The attempt ended before there was an agent: its deadline had passed.
        if (process is not null && from is null && to is null)
            from = to = process.End;
        var shift = ShiftOf(stretch, claimed, from, to);
        return new()
        {
            Claimed = (claimed + shift) ?? stretch.Claimed ?? (from + shift),
            AgentFrom = from + shift,
            AgentTo = to + shift,
            SlotWait = SlotWaitOf(process),
            Calls = [.. trace.Calls(process, stretch.Attempt, claimed).Select(s => s with { Start = s.Start + shift, End = s.End + shift })],
            Shift = shift,
        };
    }

    private static TimeSpan? SlotWaitOf(TaskSpan? process) =>
        double.TryParse(process?.Tag(TelemetryNames.Attributes.TaskSlotWait), CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e9
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>
    /// Causes come before effects: a claim lies between the placing of the file and the journal's note of the claim, and a good result
    /// before its settlement. Where they don't, the claim is taken to be when the journal noted it, which is milliseconds later at most.
    /// </summary>
    private static TimeSpan ShiftOf(Stretch stretch, DateTimeOffset? claimed, DateTimeOffset? agentFrom, DateTimeOffset? agentTo)
    {
        if ((claimed ?? agentFrom) is not { } begin)
            return TimeSpan.Zero;
        var least = stretch.From - begin;
        var most = (claimed is null ? stretch.To : stretch.Claimed ?? stretch.To) - begin;
        // An agent that is told to stop stops afterwards: only success has to come first.
        if (agentTo is { } end && stretch.EndedBy == "completed" && stretch.To - end < most)
            most = stretch.To - end;
        if (least <= Tolerance && most >= -Tolerance)
            return TimeSpan.Zero;
        return most > least ? most : least;
    }
}
