using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why;

/// <summary>Where a task was for a while, as the journal has it.</summary>
internal enum Place
{
    /// <summary>The journal does not know any more.</summary>
    Unknown,
    /// <summary>In the journal, not placed yet.</summary>
    Pending,
    /// <summary>With a worker: its file waits in the folder, is claimed, and is worked on.</summary>
    Worker,
    /// <summary>Waiting for the next attempt to be due.</summary>
    BackOff,
}

/// <summary>A stretch of a task's life, by the orchestrator's clock.</summary>
internal sealed record Stretch(Place Place, int Attempt, string Worker, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>When the journal noted the worker's claim, which is a moment after it; null when it did not.</summary>
    internal DateTimeOffset? Claimed { get; init; }

    /// <summary>When the agent began, as the worker said, by the worker's clock.</summary>
    internal DateTimeOffset? Started { get; init; }

    /// <summary>The event that ended it; null for what is still going on.</summary>
    internal string? EndedBy { get; init; }

    /// <summary>What was said about the end.</summary>
    internal string? Message { get; init; }
}

/// <summary>Reads a task's events as stretches that follow one another without a gap from its acceptance to its end, or to now.</summary>
internal static class History
{
    internal static IReadOnlyList<Stretch> Of(TaskCase given)
    {
        var stretches = new List<Stretch>();
        var task = given.Task;
        var (at, place) = (task.CreatedAt, given.Life is [{ Event: "pending", Attempt: 1 }, ..] ? Place.Pending : Place.Unknown);
        var (attempt, worker) = (1, given.Life is [var first, ..] ? first.Worker : task.Worker);
        DateTimeOffset? claimed = null, started = null;

        foreach (var e in given.Life)
        {
            // The orchestrator's clock may have been set back meanwhile.
            var now = e.At < at ? at : e.At > given.To ? given.To : e.At;
            switch (e.Event)
            {
                case "started":
                    started ??= e.At;
                    continue;
                case "active" when place == Place.Worker:
                    claimed ??= now;
                    continue;
                case "active":
                    Close(e, now);
                    Open(Place.Worker, e);
                    claimed = now;
                    break;
                case "ready":
                    Close(e, now);
                    Open(Place.Worker, e);
                    break;
                case "pending":
                    Close(e, now);
                    Open(Place.Pending, e);
                    break;
                case "retrying":
                    Close(e, now);
                    Open(Place.BackOff, e);
                    break;
                case "completed" or "dead" or "cancelled":
                    Close(e, now);
                    break;
            }
        }
        if (!task.State.IsSettled())
            Close(null, given.To);
        else if (given.Life.Count == 0)
            FromRow();
        return stretches;

        void Open(Place to, TaskEvent e) => (place, attempt, worker, claimed, started) = (to, e.Attempt, e.Worker, null, null);

        void Close(TaskEvent? e, DateTimeOffset to)
        {
            if (to > at || place == Place.Worker)
                stretches.Add(new(place, attempt, worker, at, to) { Claimed = claimed, Started = started, EndedBy = e?.Event, Message = e?.Message });
            at = to;
        }

        // A settled task outlives its events; its row still knows its last attempt.
        void FromRow()
        {
            if (task.StartedAt is not { } begin || begin < at || begin > given.To)
            {
                Close(null, given.To);
                return;
            }
            if (task.Attempt == 1)
                place = Place.Pending;
            Close(null, begin);
            (place, attempt, worker, claimed) = (Place.Worker, task.Attempt, task.Worker, begin);
            stretches.Add(new(place, attempt, worker, begin, given.To) { Claimed = begin, EndedBy = task.State.ToName(), Message = null });
        }
    }
}
