using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>
/// Keeps a bounded window of files in each worker's folder, the most urgent first. What waits behind it waits in the journal, where a
/// late critical task overtakes the rest.
/// </summary>
public sealed class TaskPlacer(TaskJournal journal, TaskFiles files, WorkerCatalog workers, IOptions<OrchestratorOptions> options)
{
    /// <summary>Fills every worker's window.</summary>
    public async Task PlaceAsync()
    {
        foreach (var worker in workers.Names)
        {
            var free = options.Value.Window - journal.Counts.Of(worker, TaskState.Ready);
            if (free <= 0 || journal.Counts.Of(worker, TaskState.Pending) == 0)
                continue;
            // The journal first: a file that a crash keeps from being written is missed and placed again, while one that the journal
            // does not know of could be worked on after it was cancelled.
            var next = journal.Queries.NextPending(worker, free);
            var placed = await Task.WhenAll(next.Select(n => journal.RunAsync(s => s.Place(n.Record.Id, n.Record.Attempt))).ToList());
            foreach (var (record, (_, payload)) in placed.Zip(next))
                if (record is not null)
                    files.Place(record, payload);
        }
    }
}
