using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Tasks;

/// <summary>
/// The places for tasks at once. A task that waits for a worker or a person leaves its place to another meanwhile: else workers that wait for
/// each other's tasks could fill every place, and none of those tasks would ever begin.
/// </summary>
public sealed class TaskSlots(IOptions<WorkerOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _free = new(options.Value.Concurrency);

    /// <summary>Takes a place as soon as there is one.</summary>
    public async Task<TaskSlot> EnterAsync(CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        return new(_free);
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();
}

/// <summary>A task's place. Disposed of when the task is over.</summary>
public sealed class TaskSlot : IDisposable
{
    private readonly SemaphoreSlim _free;
    private bool _isHeld = true;

    internal TaskSlot(SemaphoreSlim free) => _free = free;

    /// <summary>Leaves the place to others while <paramref name="wait"/> lasts, and goes on once there is one again.</summary>
    public async Task LeaveWhileAsync(Func<Task> wait, CancellationToken cancellation)
    {
        Leave();
        try
        {
            await wait();
        }
        finally
        {
            await _free.WaitAsync(cancellation);
            _isHeld = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Leave();

    private void Leave()
    {
        if (_isHeld)
            _free.Release();
        _isHeld = false;
    }
}
