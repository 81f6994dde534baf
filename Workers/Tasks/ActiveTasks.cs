using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using AgentSystem.Protocol;

namespace AgentSystem.Workers.Tasks;

/// <summary>A task that this process has claimed.</summary>
public sealed class ActiveTask(AgentTask task, string path) : IDisposable
{
    private const int Running = 0, Ended = 1, Taken = 2;
    private readonly CancellationTokenSource _lost = new();
    private int _state = Running;

    /// <summary>The task as its active file has it.</summary>
    public AgentTask Task { get; } = task;

    /// <summary>The active file. Its modification time is the lease.</summary>
    public string Path { get; } = path;

    /// <summary>Its place among those that are worked on at once.</summary>
    public TaskSlot? Slot { get; set; }

    /// <summary>How long we knew of the task before a slot was free for it.</summary>
    public TimeSpan SlotWait { get; set; }

    /// <summary>Cancelled when the task was taken away: stop, and publish nothing.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Ends the claim on our side, after which it cannot be lost any more. False when it was lost before.</summary>
    public bool TryEnd() => Interlocked.CompareExchange(ref _state, Ended, Running) == Running;

    /// <summary>Marks the claim as lost. False when it had ended or was lost already.</summary>
    public bool TryLose()
    {
        if (Interlocked.CompareExchange(ref _state, Taken, Running) != Running)
            return false;
        _lost.Cancel();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _lost.Dispose();
}

/// <summary>The tasks that this process works on.</summary>
public sealed class ActiveTasks
{
    private readonly ConcurrentDictionary<string, ActiveTask> _tasks = new();

    /// <summary>How many there are.</summary>
    public int Count => _tasks.Count;

    /// <summary>All of them, as of some moment during the call.</summary>
    public IReadOnlyList<ActiveTask> Snapshot() => [.. _tasks.Values];

    /// <summary>Finds the task with this id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out ActiveTask? task) => _tasks.TryGetValue(id, out task);

    internal void Add(ActiveTask task) => _tasks[task.Task.Id] = task;

    internal void Remove(ActiveTask task) => _tasks.TryRemove(new(task.Task.Id, task));
}
