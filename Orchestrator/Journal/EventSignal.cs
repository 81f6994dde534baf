namespace AgentSystem.Orchestrator.Journal;

/// <summary>The number of the newest committed event, and a way to wait for a newer one. Safe for concurrent use.</summary>
public sealed class EventSignal
{
    private readonly Lock _gate = new();
    private readonly HashSet<Waiter> _waiters = [];

    /// <summary>The newest event's number; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>How many wait, for tests.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate)
                return _waiters.Count;
        }
    }

    /// <summary>
    /// Ends when there is an event after <paramref name="seq"/>. Who waits for a task is not woken by what happens to others from now on: looking
    /// costs more than waiting.
    /// </summary>
    public async Task WaitAfterAsync(long seq, string? taskId, CancellationToken cancellation)
    {
        var waiter = new Waiter(taskId);
        lock (_gate)
        {
            if (Last > seq)
                return;
            _waiters.Add(waiter);
        }
        try
        {
            await waiter.Reached.Task.WaitAsync(cancellation);
        }
        finally
        {
            lock (_gate)
                _waiters.Remove(waiter);
        }
    }

    /// <summary>Tells those who wait.</summary>
    /// <param name="last">The newest event's number.</param>
    /// <param name="tasks">Those that something happened to.</param>
    internal void Advance(long last, IReadOnlySet<string> tasks)
    {
        List<Waiter> reached;
        lock (_gate)
        {
            if (last <= Last)
                return;
            Last = last;
            reached = [.. _waiters.Where(waiter => waiter.TaskId is null || tasks.Contains(waiter.TaskId))];
        }
        foreach (var waiter in reached)
            waiter.Reached.TrySetResult();
    }

    private sealed class Waiter(string? taskId)
    {
        public string? TaskId => taskId;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
