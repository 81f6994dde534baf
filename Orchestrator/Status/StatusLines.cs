using AgentSystem.Orchestrator.Dispatch;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Telemetry;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Status;

/// <summary>
/// What a status line leads to: a look at the files, or something to show to people. It never changes a task's state, whatever it claims.
/// </summary>
public sealed class StatusLines(
    TaskJournal journal, DispatchSignals signals, ProgressBoard board, RejectedLines rejected, OrchestratorInstruments instruments)
{
    /// <summary>Takes a line that came through the pipe of <paramref name="worker"/>.</summary>
    public void Receive(string worker, ReadOnlySpan<byte> bytes, bool overlong)
    {
        var error = $"longer than {ProtocolLimits.StatusLineBytes} bytes";
        StatusLine? line = null;
        if (overlong || !StatusLine.TryParse(bytes, out line, out error))
        {
            Reject(worker, bytes, error, activityOf: null);
            return;
        }
        if (line.Worker != worker)
        {
            Reject(worker, bytes, "it names another worker than the one whose pipe this is", line);
            return;
        }
        if (journal.Queries.Find(line.TaskId) is not { } record)
        {
            Reject(worker, bytes, "no task with this id was accepted", line);
            return;
        }
        using var activity = TaskActivities.StartReceive(line);
        instruments.Received(worker, line.Status.ToName());
        // Lines and files take different ways, so a line about an attempt that is over is ordinary.
        if (record.State.IsSettled() || record.Attempt != line.Attempt || record.Worker != worker)
            return;
        Follow(line, record);
    }

    private void Follow(StatusLine line, TaskRecord record)
    {
        var file = line.TaskId + ".json";
        switch (line.Status)
        {
            case LineStatus.Claimed:
                signals.ClaimSeen(line.Worker, file);
                break;
            case LineStatus.Completed or LineStatus.Failed:
                signals.ResultSeen(file);
                break;
            case LineStatus.Released:
                signals.Rescan();
                break;
            default:
                board.Set(line.TaskId, line.Progress, line.Message);
                // For display only: nobody waits for it to be on disk.
                _ = journal.RunAsync(s =>
                {
                    s.Note(line, record.CorrelationId);
                    return true;
                }).ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                break;
        }
    }

    private void Reject(string worker, ReadOnlySpan<byte> bytes, string reason, StatusLine? activityOf)
    {
        using var activity = activityOf is null ? null : TaskActivities.StartReceive(activityOf);
        activity.Fail("rejected", reason);
        instruments.Received(worker, OrchestratorInstruments.InvalidLine);
        rejected.Add(worker, bytes, reason);
    }
}
