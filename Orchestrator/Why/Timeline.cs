using AgentSystem.Orchestrator.Why.Evidence;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why;

/// <summary>
/// Gives every moment of a task's life to one part. It only ever goes forward: what overlaps is cut, and what is left at the end is
/// unexplained, so that the parts add up to the wall time by construction.
/// </summary>
internal sealed class Timeline
{
    private readonly TaskCase _case;
    private readonly TaskTrace _trace;
    private readonly Dictionary<TimePart, TimeSpan> _parts = Enum.GetValues<TimePart>().ToDictionary(p => p, _ => TimeSpan.Zero);
    private readonly WorkerSlots _slots;
    private DateTimeOffset _at;

    private Timeline(TaskCase given, TaskTrace trace)
    {
        (_case, _trace, _at) = (given, trace, given.Task.CreatedAt);
        _slots = new(given.Task.Worker, given.Around);
        Stretches = History.Of(given);
        Times = Match();
        for (var i = 0; i < Stretches.Count; i++)
            Add(Stretches[i], Times[i], isLast: i == Stretches.Count - 1);
        Go(TimePart.Unexplained, given.To);
    }

    internal static Timeline Of(TaskCase given, TaskTrace trace) => new(given, trace);

    internal IReadOnlyList<Stretch> Stretches { get; }

    /// <summary>What the worker knows about each stretch; null where it had no part in it.</summary>
    internal IReadOnlyList<WorkerTimes?> Times { get; }

    /// <summary>Calls of models and tools in the last attempt.</summary>
    internal IReadOnlyList<TaskSpan> Calls => Times is [.., { } last] ? last.Calls : [];

    /// <summary>When the task's first attempt was claimed; null when none was.</summary>
    internal DateTimeOffset? FirstClaim { get; private set; }

    internal TimeSpan this[TimePart part] => _parts[part];

    /// <summary>
    /// Which span belongs to which stretch. An attempt that was put back has several of both, in the same order; where some were lost the
    /// last ones are matched, because those matter most.
    /// </summary>
    private WorkerTimes?[] Match()
    {
        var spans = _trace.Processes.GroupBy(s => s.Attempt ?? 1).ToDictionary(g => g.Key, g => new Stack<TaskSpan>(g));
        var times = new WorkerTimes?[Stretches.Count];
        for (var i = Stretches.Count - 1; i >= 0; i--)
        {
            var stretch = Stretches[i];
            if (stretch.Place != Place.Worker)
                continue;
            var process = spans.TryGetValue(stretch.Attempt, out var left) && left.TryPeek(out var span) && Fits(span, stretch) ? left.Pop() : null;
            var isLast = i == Stretches.Count - 1;
            times[i] = WorkerTimes.Of(stretch, process, _trace, isLast && _case.Result?.Attempt == stretch.Attempt ? _case.Result : null);
            // The row of a settled task keeps what its result said, even when nothing else is left.
            if (isLast && stretch.EndedBy == "completed" && times[i]!.Claimed is null)
                times[i] = times[i]! with { Claimed = _case.Task.StartedAt };
        }
        return times;
    }

    private static bool Fits(TaskSpan process, Stretch stretch) =>
        process.Tag(TelemetryNames.Attributes.TaskState) == "released" ? stretch.EndedBy is not (null or "completed") : stretch.EndedBy is not "ready";

    private void Add(Stretch stretch, WorkerTimes? times, bool isLast)
    {
        switch (stretch.Place)
        {
            case Place.Pending:
                Go(TimePart.Queue, stretch.To);
                break;
            case Place.BackOff:
                Go(TimePart.Retries, stretch.To);
                break;
            case Place.Worker:
                Wait(stretch, times!);
                if (times!.Claimed is null)
                    Go(stretch.EndedBy is "completed" or "retrying" ? TimePart.Unexplained : TimePart.Queue, stretch.To);
                else if (isLast)
                    Work(stretch, times);
                else
                    Go(TimePart.Retries, stretch.To);
                break;
            default:
                Go(TimePart.Unexplained, stretch.To);
                break;
        }
    }

    /// <summary>From the placing of the file to its claim.</summary>
    private void Wait(Stretch stretch, WorkerTimes times)
    {
        var claim = Within(stretch, times.Claimed ?? stretch.To);
        if (times.Claimed is not null)
            FirstClaim ??= claim;
        if (times.SlotWait is { } measured)
        {
            GoUnnoticed(stretch, times, Within(stretch, claim - measured));
            Go(TimePart.Slot, claim);
            return;
        }
        // The worker did not say, so we think ourselves what its slots were doing.
        foreach (var (until, isFull) in _slots.Between(stretch.Worker, _at, claim))
        {
            if (isFull)
                Go(TimePart.Slot, until);
            else
                GoUnnoticed(stretch, times, until);
        }
    }

    /// <summary>A living worker notices a file at once; before it lived, nobody did.</summary>
    private void GoUnnoticed(Stretch stretch, WorkerTimes times, DateTimeOffset to)
    {
        var instances = _case.Around.Instances;
        var born = instances.Count > 0 ? instances.Min(i => i.StartedAt) : DateTimeOffset.MaxValue;
        // A claim before that was made by a process that lives no more, and of which we know nothing.
        if (times.Claimed is not { } claim || born <= claim)
            Go(TimePart.Queue, born < to ? born : to);
        Go(TimePart.Transport, to);
    }

    /// <summary>From the claim of the last attempt to its end.</summary>
    private void Work(Stretch stretch, WorkerTimes times)
    {
        Go(TimePart.Transport, Within(stretch, times.AgentFrom ?? _at));
        var to = Within(stretch, times.AgentTo ?? EndOfWork(stretch));
        Call(times.Calls, to);
        Go(TimePart.Agent, to);
        Go(TimePart.Settlement, stretch.To);
    }

    /// <summary>When the work ended of which nobody told the end. A worker that was lost was so for a lease before we said so.</summary>
    private DateTimeOffset EndOfWork(Stretch stretch) =>
        stretch.EndedBy == "dead" && _case.Errors is [.., { Type: "lease_expired" } last] && last.Attempt == stretch.Attempt
            ? stretch.To - _case.Lease
            : stretch.To;

    /// <summary>Calls within calls, and several at once: a moment belongs to the innermost, of equals to the model.</summary>
    private void Call(IReadOnlyList<TaskSpan> calls, DateTimeOffset to)
    {
        var waiting = new Queue<TaskSpan>(calls.Where(s => s.Start < to).OrderBy(s => s.Start));
        var open = new List<(TaskSpan Span, int Rank)>();
        while (_at < to)
        {
            while (waiting.TryPeek(out var next) && next.Start <= _at)
                open.Add((waiting.Dequeue(), 2 * _trace.Depth(next) + (next.IsModel ? 1 : 0)));
            open.RemoveAll(o => o.Span.End <= _at);
            var edge = open.Select(o => o.Span.End).Append(waiting.TryPeek(out var after) ? after.Start : to).Append(to).Min();
            Go(open.Count == 0 ? TimePart.Agent : open.MaxBy(o => o.Rank).Span.IsModel ? TimePart.Model : TimePart.Tool, edge);
        }
    }

    private static DateTimeOffset Within(Stretch stretch, DateTimeOffset at) => at < stretch.From ? stretch.From : at > stretch.To ? stretch.To : at;

    private void Go(TimePart part, DateTimeOffset to)
    {
        if (to > _case.To)
            to = _case.To;
        if (to <= _at)
            return;
        _parts[part] += to - _at;
        _at = to;
    }
}
