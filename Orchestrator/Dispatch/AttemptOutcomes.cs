using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Telemetry;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>Ends an attempt without a good result: journal first, then the files, then the numbers.</summary>
public sealed partial class AttemptOutcomes(
    TaskJournal journal, TaskFiles files, RetryPolicy retry, OrchestratorInstruments instruments, ILogger<AttemptOutcomes> logger)
{
    /// <summary>
    /// We judge that the attempt failed: its files are taken away, so that its worker stops. Another one is due later, or the task is dead.
    /// False when it was settled or superseded before.
    /// </summary>
    public async Task<bool> FailAsync(TaskRecord record, TaskError error)
    {
        if (await journal.RunAsync(s => s.Fail(record.Id, record.Attempt, error, retry.Delay)) is not { } after)
            return false;
        files.Remove(record.Worker, record.Id);
        Report(record, after, error);
        return true;
    }

    /// <summary>The worker says that the attempt failed; it takes its file away itself. False when it was settled or superseded before.</summary>
    public async Task<bool> FailAsReportedAsync(TaskRecord record, TaskResult result)
    {
        var span = result.TraceContext.Traceparent;
        if (await journal.RunAsync(s => s.Fail(record.Id, result.Attempt, result.Error!, retry.Delay, span)) is not { } after)
            return false;
        Report(record, after, result.Error!);
        return true;
    }

    /// <summary>The task is given up wherever it is. False when it was settled before.</summary>
    public async Task<bool> KillAsync(TaskRecord record, TaskError error)
    {
        if (await journal.RunAsync(s => s.Kill(record.Id, error)) is not { } after)
            return false;
        files.Remove(record.Worker, record.Id);
        Report(record, after, error);
        return true;
    }

    private void Report(TaskRecord before, TaskRecord after, TaskError error)
    {
        instruments.Failed(before.Worker, before.Type, error.Type);
        if (after.State == TaskState.Dead)
        {
            instruments.Dead(before.Worker, before.Type);
            files.WriteDead(after);
            LogDead(before.Id, before.Attempt, error.Type, error.Message);
            return;
        }
        instruments.Retried(before.Worker, before.Type);
        LogRetry(before.Id, before.Attempt, error.Type, error.Message, after.DueAt);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Task {task_id} is dead after attempt {Attempt} ({ErrorType}): {Error}")]
    private partial void LogDead(string task_id, int attempt, string errorType, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {Attempt} at task {task_id} failed ({ErrorType}): {Error} The next one is due at {DueAt:o}")]
    private partial void LogRetry(string task_id, int attempt, string errorType, string error, DateTimeOffset? dueAt);
}
