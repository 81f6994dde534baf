using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>Forgets tasks that were settled long ago, a few at a time: their rows, results, dead letters, recordings and the files that agents wrote for them.</summary>
public sealed class Retention(TaskJournal journal, TaskFiles files, IOptions<OrchestratorOptions> options, TimeProvider time)
{
    // Bounds how long a scan can take.
    internal const int MaxPerScan = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long? _lastLook;

    /// <summary>Forgets what is old enough, if it is time to look.</summary>
    public async Task ForgetAsync()
    {
        var kept = options.Value.Retention.Settled;
        if (kept == TimeSpan.Zero || _lastLook is { } last && time.GetElapsedTime(last) < Interval)
            return;
        var old = journal.Queries.SettledBefore(time.GetUtcNow() - kept, MaxPerScan);
        // With more of them the next scan goes on.
        _lastLook = old.Count == MaxPerScan ? null : time.GetTimestamp();
        if (old.Count == 0)
            return;
        // The files first: a row without files is found again after a crash, but files without a row belong to nobody.
        foreach (var record in old)
            files.RemoveOutcome(record.Id);
        await journal.RunAsync(s => s.Forget(old));
    }
}
