using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>
/// Compares the folders with the journal and mends what differs. With it alone everything works, only later: inotify events and status
/// lines merely say where to look first.
/// </summary>
public sealed class FolderRescan(
    SharedVolume volume, TaskJournal journal, TaskFiles files, AttemptOutcomes outcomes, LeaseTracker leases,
    WorkerCatalog workers, IOptions<OrchestratorOptions> options)
{
    // A strange file in results/ hurts nobody; listing a folder that keeps all results costs more than the rest of a scan.
    private const int ScansPerFullScan = 15;
    private const string Suffix = ".json";

    private readonly HashSet<string> _settledResults = new(StringComparer.Ordinal);
    private HashSet<(string Id, int Attempt)> _missed = [];
    private int _scans;

    /// <summary>Scans; what the round has to look at is added to <paramref name="round"/>.</summary>
    /// <param name="round">The dispatcher's round.</param>
    /// <param name="startup">True for the first scan: what is missing was taken by a crash, so it costs the task no attempt.</param>
    public async Task ScanAsync(Round round, bool startup)
    {
        var missed = new HashSet<(string, int)>();
        var claims = new HashSet<(string, int)>();
        foreach (var worker in workers.Names)
            await ScanAsync(worker, round, startup, missed, claims);
        _missed = missed;
        leases.KeepOnly(claims);
        if (startup || ++_scans % ScansPerFullScan == 0)
            ScanResults(round);
        if (startup)
            foreach (var dead in journal.Queries.List(new() { States = [TaskState.Dead] }, limit: 10_000).Where(d => !File.Exists(volume.DeadPath(d.Id))))
                files.WriteDead(dead);
    }

    private async Task ScanAsync(string worker, Round round, bool startup, HashSet<(string, int)> missed, HashSet<(string, int)> claims)
    {
        // In the order in which a file wanders, so that one that moves meanwhile is seen at least once.
        var waiting = Ids(volume.TasksDir(worker));
        var claimed = Ids(volume.ActiveDir(worker));
        var ready = journal.Queries.InState(worker, TaskState.Ready).ToDictionary(r => r.Id);
        var active = journal.Queries.InState(worker, TaskState.Active).ToDictionary(r => r.Id);

        foreach (var record in ready.Values.Concat(active.Values).Where(r => File.Exists(volume.ResultPath(r.Id))))
            round.Results.Add(record.Id + Suffix);
        foreach (var id in waiting.Where(id => !ready.ContainsKey(id)))
        {
            if (active.TryGetValue(id, out var released) && !claimed.Contains(id))
                await journal.RunAsync(s => s.Release(id, released.Attempt));
            else if (released is null)
                DropStray(worker, id, volume.TaskPath(worker, id));
        }
        foreach (var id in claimed)
        {
            if (!active.TryGetValue(id, out var record))
                round.Claims.Add((worker, id + Suffix));
            else if (claims.Add((id, record.Attempt)) && HasExpired(record) && !round.Results.Contains(id + Suffix))
                await outcomes.FailAsync(record, new("lease_expired",
                    $"{worker} gave no sign of life for {options.Value.LeaseDuration.TotalSeconds:0.#} s while it had the task."));
        }
        foreach (var record in ready.Values.Concat(active.Values))
            if (!waiting.Contains(record.Id) && !claimed.Contains(record.Id) && IsMissing(record))
                await MissAsync(record, startup, missed);
    }

    private bool HasExpired(TaskRecord record) =>
        leases.HasExpired(record.Id, record.Attempt, File.GetLastWriteTimeUtc(volume.ActivePath(record.Worker, record.Id)), options.Value.LeaseDuration);

    // A release moves a file against the order of the scan, so look again.
    private bool IsMissing(TaskRecord record) =>
        !File.Exists(volume.TaskPath(record.Worker, record.Id)) && !File.Exists(volume.ActivePath(record.Worker, record.Id))
        && !File.Exists(volume.ResultPath(record.Id)) && !File.Exists(volume.TaskPath(record.Worker, record.Id));

    private async Task MissAsync(TaskRecord record, bool startup, HashSet<(string, int)> missed)
    {
        if (startup && record.State == TaskState.Ready)
            await journal.RunAsync(s => s.Unplace(record.Id, record.Attempt));
        else if (startup || _missed.Contains((record.Id, record.Attempt)))
            // It counts as an attempt, so that a file that somebody takes away again and again comes to an end.
            await outcomes.FailAsync(record, new("file_missing",
                $"The task's file vanished from {record.Worker}'s folders without a result; look in quarantine/ for it."));
        else
            missed.Add((record.Id, record.Attempt));
    }

    private void DropStray(string worker, string id, string path)
    {
        // A name that is no id is for the worker to judge: it says what is wrong with the content, too.
        if (!TaskId.IsValid(id))
            return;
        if (journal.Queries.Find(id) is not { } record)
            QuarantineUnknown(worker, path);
        else if (record.State is not (TaskState.Ready or TaskState.Active) || record.Worker != worker)
            files.Remove(path);
    }

    /// <summary>Nobody submitted it. That it could not be read either is the better reason, where it holds.</summary>
    private void QuarantineUnknown(string worker, string path)
    {
        try
        {
            ProtocolFile.ReadTask(path, worker);
            files.Quarantine(path, "unknown_task", "no task with this id was accepted; submit tasks with POST /tasks");
        }
        catch (ProtocolFileException e)
        {
            files.Quarantine(path, e);
        }
        catch (FileNotFoundException)
        {
            // Somebody was faster.
        }
    }

    private void ScanResults(Round round)
    {
        var names = SharedVolume.List(volume.ResultsDir).ToHashSet(StringComparer.Ordinal);
        _settledResults.IntersectWith(names);
        foreach (var name in names.Where(n => !_settledResults.Contains(n)))
        {
            if (name.EndsWith(Suffix, StringComparison.Ordinal) && journal.Queries.Find(name[..^Suffix.Length]) is { State: TaskState.Completed })
                _settledResults.Add(name);
            else
                round.Results.Add(name);
        }
    }

    private static HashSet<string> Ids(string folder) => SharedVolume.List(folder)
        .Where(name => name.EndsWith(Suffix, StringComparison.Ordinal)).Select(name => name[..^Suffix.Length]).ToHashSet(StringComparer.Ordinal);
}
