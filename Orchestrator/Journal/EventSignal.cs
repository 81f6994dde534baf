namespace AgentSystem.Orchestrator.Journal;

/// <summary>The number of the newest committed event, and a way to wait for a newer one. Safe for concurrent use.</summary>
public sealed class EventSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The newest event's number; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>Ends when there is an event after <paramref name="seq"/>.</summary>
    public Task WaitAfterAsync(long seq, CancellationToken cancellation)
    {
        lock (_gate)
            return Last > seq ? Task.CompletedTask : _next.Task.WaitAsync(cancellation);
    }

    internal void Advance(long last)
    {
        TaskCompletionSource reached;
        lock (_gate)
        {
            if (last <= Last)
                return;
            Last = last;
            reached = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        reached.SetResult();
    }
}
