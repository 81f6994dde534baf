using System.Threading.Channels;
using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using AgentSystem.Workers.Telemetry;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Tasks;

/// <summary>
/// Renews the lease of every claimed task each third of its duration, and notices at once (inotify) when one is taken away: after a
/// cancellation, or because the orchestrator gave us up.
/// </summary>
public sealed partial class LeaseKeeper(
    SharedVolume volume, WorkerIdentity identity, IOptions<WorkerOptions> options, ActiveTasks active, TaskClaimer claimer,
    WorkerInstruments instruments, TimeProvider time, ILogger<LeaseKeeper> logger) : BackgroundService
{
    /// <summary>Active files that were removed; null means that the leases are due.</summary>
    private readonly Channel<string?> _signals = Channel.CreateUnbounded<string?>(new() { SingleReader = true });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var folder = new NotifyingFolder(
            volume.ActiveDir(identity.Worker), WatcherChangeTypes.Deleted, name => _signals.Writer.TryWrite(name), _ => _signals.Writer.TryWrite(null));
        using var timer = time.CreateTimer(_ => _signals.Writer.TryWrite(null), null, TimeSpan.Zero, options.Value.LeaseDuration / 3);
        try
        {
            await foreach (var name in _signals.Reader.ReadAllAsync(stoppingToken))
            {
                if (name is null)
                    RenewAll(folder);
                else if (active.TryGet(Path.GetFileNameWithoutExtension(name), out var claim) && !claimer.IsOurs(claim))
                    Lose(claim);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private void RenewAll(NotifyingFolder folder)
    {
        // Without events a lost claim is noticed at the next renewal instead of at once.
        if (!folder.IsWatching)
            folder.Start();
        foreach (var claim in active.Snapshot())
        {
            try
            {
                if (!claimer.TryRenew(claim))
                    Lose(claim);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                CannotRenew(e, claim.Task.Id);
            }
        }
    }

    private void Lose(ActiveTask claim)
    {
        if (!claim.TryLose())
            return;
        instruments.Count(WatcherEvent.LeaseLost);
        Lost(claim.Task.Id, claim.Task.Attempt);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Task {TaskId} (attempt {Attempt}) was taken away: cancelled, or its lease ran out. Stopping; nothing is published")]
    private partial void Lost(string taskId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Cannot renew the lease of task {TaskId}; trying again in a third of it")]
    private partial void CannotRenew(Exception e, string taskId);
}
