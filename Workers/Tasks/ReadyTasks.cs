using AgentSystem.Protocol;

namespace AgentSystem.Workers.Tasks;

/// <summary>The task files that were seen and not yet claimed: highest priority first, then oldest. Safe for concurrent use.</summary>
public sealed class ReadyTasks(TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<string, (TaskPriority, DateTimeOffset, string)> _order = new();
    private readonly Dictionary<string, long> _since = [];
    private readonly SemaphoreSlim _available = new(0);

    /// <summary>Whether the task waits here.</summary>
    public bool Contains(string id)
    {
        lock (_gate)
            return _since.ContainsKey(id);
    }

    /// <summary>Adds a task. False when it waits here already.</summary>
    public bool Add(AgentTask task)
    {
        lock (_gate)
        {
            if (!_since.TryAdd(task.Id, time.GetTimestamp()))
                return false;
            _order.Enqueue(task.Id, (task.Priority, task.CreatedAt, task.Id));
        }
        _available.Release();
        return true;
    }

    /// <summary>Waits until there is a task. Whoever has waited takes one.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _available.WaitAsync(cancellation);

    /// <summary>Takes the id of the task that comes first, and how long it waited here for somebody to take it.</summary>
    public (string Id, TimeSpan Waited) Take()
    {
        lock (_gate)
        {
            var id = _order.Dequeue();
            _since.Remove(id, out var since);
            return (id, time.GetElapsedTime(since));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _available.Dispose();
}
