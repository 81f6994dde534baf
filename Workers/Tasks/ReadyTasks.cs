using AgentSystem.Protocol;

namespace AgentSystem.Workers.Tasks;

/// <summary>The task files that were seen and not yet claimed: highest priority first, then oldest. Safe for concurrent use.</summary>
public sealed class ReadyTasks : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<string, (TaskPriority, DateTimeOffset, string)> _order = new();
    private readonly HashSet<string> _ids = [];
    private readonly SemaphoreSlim _available = new(0);

    /// <summary>Whether the task waits here.</summary>
    public bool Contains(string id)
    {
        lock (_gate)
            return _ids.Contains(id);
    }

    /// <summary>Adds a task. False when it waits here already.</summary>
    public bool Add(AgentTask task)
    {
        lock (_gate)
        {
            if (!_ids.Add(task.Id))
                return false;
            _order.Enqueue(task.Id, (task.Priority, task.CreatedAt, task.Id));
        }
        _available.Release();
        return true;
    }

    /// <summary>Takes the id of the task that comes first; waits while there is none.</summary>
    public async ValueTask<string> TakeAsync(CancellationToken cancellation)
    {
        await _available.WaitAsync(cancellation);
        lock (_gate)
        {
            var id = _order.Dequeue();
            _ids.Remove(id);
            return id;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _available.Dispose();
}
