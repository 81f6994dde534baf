using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Presence;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>Chooses workers for tasks, and gives tasks that wait for a worker that is gone to one that is there.</summary>
public sealed class Rerouter(
    TaskJournal journal, TaskFiles files, WorkerPresence presence, WorkerCatalog workers, IOptions<OrchestratorOptions> options, TimeProvider time)
{
    // Bounds how long a scan can take.
    private const int MaxPerScan = 256;

    private readonly long _start = time.GetTimestamp();

    /// <summary>Moves tasks whose submitter named no worker.</summary>
    public async Task RerouteAsync()
    {
        // At first nobody's second heartbeat has come yet, and everyone seems to be gone.
        if (time.GetElapsedTime(_start) < options.Value.HeartbeatTimeout)
            return;
        foreach (var gone in workers.Names.Where(w => !presence.IsAlive(w)))
        {
            if (journal.Counts.Of(gone, TaskState.Pending, TaskState.Ready) == 0 || !workers.Names.Any(presence.IsAlive))
                continue;
            foreach (var record in journal.Queries.InState(gone, TaskState.Ready, MaxPerScan).Concat(journal.Queries.InState(gone, TaskState.Pending, MaxPerScan)))
            {
                // Nobody gets a task back that he handed on himself, and waits for.
                var waiting = journal.Queries.Ancestors(record.ParentId, options.Value.Subtasks.MaxDepth).Select(t => t.Worker);
                if (record.Pinned || LeastLoaded(record.Type, waiting) is not { } other)
                    continue;
                // Whoever renames the file has the task: if that is not us, the worker is not gone after all.
                if (record.State == TaskState.Pending || files.TryTakeBack(gone, record.Id))
                    await journal.RunAsync(s => s.Unplace(record.Id, record.Attempt, other));
            }
        }
    }

    private string? LeastLoaded(string type, IEnumerable<string> waiting) =>
        workers.WorkersFor(type).Except(waiting).Where(presence.IsAlive).MinBy(journal.Counts.Load);
}
