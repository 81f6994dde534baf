using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using AgentSystem.Workers.Telemetry;

namespace AgentSystem.Workers.Tasks;

/// <summary>Takes tasks and puts them back, by renaming their files: whoever wins the rename has the task.</summary>
public sealed partial class TaskClaimer(
    SharedVolume volume, WorkerIdentity identity, ActiveTasks active, WorkerInstruments instruments, TimeProvider time, ILogger<TaskClaimer> logger)
{
    /// <summary>
    /// Claims <c>tasks/&lt;worker&gt;/&lt;id&gt;.json</c> by moving it to <c>active/&lt;worker&gt;/</c>. Null when it is not to be had:
    /// another replica was faster, it was cancelled, or it turned out to be unreadable.
    /// </summary>
    public ActiveTask? TryClaim(string id)
    {
        var ready = volume.TaskPath(identity.Worker, id);
        var claimed = volume.ActivePath(identity.Worker, id);

        // A rename would silently replace the claim of whoever works on an earlier attempt; the orchestrator clears that first.
        if (File.Exists(claimed) || !SharedVolume.TryMove(ready, claimed))
        {
            instruments.Count(WatcherEvent.LostRace);
            return null;
        }
        try
        {
            // Only now does nobody change the file under our eyes.
            var task = ProtocolFile.ReadTask(claimed, identity.Worker);
            File.SetLastWriteTimeUtc(claimed, time.GetUtcNow().UtcDateTime);
            var claim = new ActiveTask(task, claimed);
            active.Add(claim);
            instruments.Count(WatcherEvent.Claimed);
            return claim;
        }
        catch (ProtocolFileException e)
        {
            Quarantine(claimed, e);
            return null;
        }
        catch (FileNotFoundException)
        {
            instruments.Count(WatcherEvent.LostRace);
            return null;
        }
    }

    /// <summary>Whether the active file is there and still of our attempt. The orchestrator removes it to take the task away.</summary>
    public bool IsOurs(ActiveTask claim)
    {
        try
        {
            return ProtocolFile.ReadTask(claim.Path, identity.Worker).Attempt == claim.Task.Attempt;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ProtocolFileException)
        {
            return false;
        }
    }

    /// <summary>Extends the lease. False when the claim is lost.</summary>
    public bool TryRenew(ActiveTask claim)
    {
        if (!IsOurs(claim))
            return false;
        try
        {
            File.SetLastWriteTimeUtc(claim.Path, time.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Puts the task back unfinished, as the same attempt. False when the claim was lost before.</summary>
    public bool TryRelease(ActiveTask claim)
    {
        if (!TryRenew(claim) || !claim.TryEnd() || !SharedVolume.TryMove(claim.Path, volume.TaskPath(identity.Worker, claim.Task.Id)))
            return false;
        instruments.Count(WatcherEvent.Released);
        return true;
    }

    /// <summary>Moves aside a file that cannot be a task, with the reason beside it.</summary>
    public void Quarantine(string path, ProtocolFileException error)
    {
        if (ProtocolFile.Quarantine(volume, path, error, identity.Instance, time) is not { } reason)
            return;
        instruments.Count(WatcherEvent.Quarantined);
        Quarantined(reason.From, reason.Name, reason.Reason, reason.Detail);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{From} is not a task file ({Reason}: {Detail}); it lies in quarantine/{Name} now")]
    private partial void Quarantined(string from, string name, string reason, string detail);
}
