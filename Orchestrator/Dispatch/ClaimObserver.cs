using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Telemetry;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>Journals claims by the files in <c>active/&lt;worker&gt;/</c>, and takes away what nobody may work on any more.</summary>
public sealed class ClaimObserver(SharedVolume volume, TaskJournal journal, TaskFiles files, OrchestratorInstruments instruments)
{
    /// <summary>Looks at these files.</summary>
    public Task ObserveAsync(IEnumerable<(string Worker, string Name)> claims) => Task.WhenAll(claims.Select(c => ObserveAsync(c.Worker, c.Name)).ToList());

    private async Task ObserveAsync(string worker, string name)
    {
        var path = Path.Combine(volume.ActiveDir(worker), name);
        AgentTask task;
        try
        {
            task = ProtocolFile.ReadTask(path, worker);
        }
        catch (FileNotFoundException)
        {
            return;
        }
        catch (ProtocolFileException e)
        {
            files.Quarantine(path, e);
            return;
        }
        if (await journal.RunAsync(s => s.Claim(task.Id, task.Attempt)) is { } claimed)
        {
            if (claimed.Attempt == 1)
                instruments.Started(worker, claimed.Type, claimed.StartedAt!.Value - claimed.CreatedAt);
            return;
        }
        if (journal.Queries.Find(task.Id) is not { } record)
            files.Quarantine(path, "unknown_task", "no task with this id was accepted; submit tasks with POST /tasks");
        else if (record.State != TaskState.Active || record.Attempt != task.Attempt || record.Worker != worker)
            File.Delete(path);
    }
}
