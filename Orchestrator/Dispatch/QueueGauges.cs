using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Telemetry;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>Publishes how many tasks wait where, and for how long the oldest has.</summary>
public sealed class QueueGauges(TaskJournal journal, WorkerCatalog workers, OrchestratorInstruments instruments, TimeProvider time)
{
    private static readonly TaskState[] States = [TaskState.Pending, TaskState.Ready, TaskState.Active, TaskState.Retrying];

    // Long queues make the age dear and it does not need to be newer than a scrape.
    private static readonly TimeSpan AgeInterval = TimeSpan.FromSeconds(2);

    private long? _lastAge;

    /// <summary>Sets the gauges.</summary>
    public void Refresh()
    {
        foreach (var worker in workers.Names)
            foreach (var state in States)
                instruments.Depth(worker, state.ToName(), journal.Counts.Of(worker, state));
        if (_lastAge is { } last && time.GetElapsedTime(last) < AgeInterval)
            return;
        if (_lastAge is null)
            foreach (var type in workers.Types)
                foreach (var worker in workers.WorkersFor(type))
                    instruments.Expect(worker, type);
        _lastAge = time.GetTimestamp();
        foreach (var worker in workers.Names)
            instruments.BacklogAge(worker, journal.Queries.OldestWaiting(worker) is { } oldest ? time.GetUtcNow() - oldest : TimeSpan.Zero);
        instruments.KeepOnly(workers.Names.ToHashSet());
    }
}
