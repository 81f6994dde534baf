using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Tasks;

/// <summary>
/// The worker's loop: whenever a place is free, take the next task, claim it, run it. When the host stops it takes no more, lets running tasks
/// finish within <see cref="WorkerOptions.DrainGrace"/> and puts back the rest.
/// </summary>
public sealed partial class TaskPump(
    ReadyTasks ready, TaskSlots slots, TaskClaimer claimer, TaskRunner runner, ActiveTasks active, IHostApplicationLifetime lifetime,
    IOptions<WorkerOptions> options, TimeProvider time, ILogger<TaskPump> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        runner.Expect();
        // Not before the whole host runs: a port in use ends the process, and a task taken by then would have to be put back.
        await WaitForStartAsync(stoppingToken);
        // The host says that it stops before it gets round to us; every task not taken in between is one less to put back.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        using var drain = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var registration = stop.Token.Register(() =>
        {
            Draining(active.Count, options.Value.DrainGrace);
            drain.CancelAfter(options.Value.DrainGrace);
        });
        await LoopAsync(stop.Token, drain.Token);
    }

    private async Task WaitForStartAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    private async Task LoopAsync(CancellationToken stop, CancellationToken drain)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                // First a task, then a place: one that is kept for tasks to come is lost to those that want theirs back.
                await ready.WaitAsync(stop);
                var slot = await slots.EnterAsync(stop);
                running.RemoveAll(task => task.IsCompleted);
                if (Next(slot) is { } claim)
                    running.Add(Task.Run(() => RunAsync(claim, slot, drain), CancellationToken.None));
                else
                    slot.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        await Task.WhenAll(running);
    }

    /// <summary>The next task, claimed; null when somebody else has it.</summary>
    private ActiveTask? Next(TaskSlot slot)
    {
        // It may have arrived together with the order to stop: then its file stays where it is.
        lifetime.ApplicationStopping.ThrowIfCancellationRequested();
        try
        {
            var (id, waited) = ready.Take();
            var claim = claimer.TryClaim(id);
            if (claim is not null)
                (claim.Slot, claim.SlotWait) = (slot, waited);
            return claim;
        }
        catch (Exception e)
        {
            Failed(e);
            return null;
        }
    }

    private async Task RunAsync(ActiveTask claim, TaskSlot slot, CancellationToken drain)
    {
        using (slot)
        using (claim)
        {
            try
            {
                await runner.RunAsync(claim, drain);
            }
            catch (Exception e)
            {
                // One bad task must not take the loop with it. Its lease runs out and the orchestrator decides.
                Failed(e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Taking no more tasks; {Active} running ones have {Grace} to finish, then they are put back")]
    private partial void Draining(int active, TimeSpan grace);

    [LoggerMessage(Level = LogLevel.Error, Message = "A task could not be worked on; going on with the next one")]
    private partial void Failed(Exception e);
}
