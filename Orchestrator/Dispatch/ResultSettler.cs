using System.Diagnostics;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Telemetry;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>
/// Settles attempts by their result files. The journal decides: a result whose attempt is not the current one, or that comes a second
/// time, changes nothing. All results of a round share a commit.
/// </summary>
public sealed class ResultSettler(
    SharedVolume volume, TaskJournal journal, TaskFiles files, AttemptOutcomes outcomes, OrchestratorInstruments instruments)
{
    private const string Suffix = ".json";

    /// <summary>Looks at these files of <c>results/</c>.</summary>
    public Task SettleAsync(IEnumerable<string> names) => Task.WhenAll(names.Select(SettleAsync).ToList());

    private Task SettleAsync(string name)
    {
        var path = Path.Combine(volume.ResultsDir, name);
        var record = name.EndsWith(Suffix, StringComparison.Ordinal) ? journal.Queries.Find(name[..^Suffix.Length]) : null;
        TaskResult result;
        try
        {
            result = ProtocolFile.ReadResult(path);
        }
        catch (FileNotFoundException)
        {
            return Task.CompletedTask;
        }
        catch (ProtocolFileException e)
        {
            files.Quarantine(path, e);
            return record is null || record.State.IsSettled()
                ? Task.CompletedTask
                : outcomes.FailAsync(record, new("bad_result", $"The result file could not be read ({e.Message}); it is in quarantine."));
        }
        return SettleAsync(path, record, result);
    }

    private async Task SettleAsync(string path, TaskRecord? record, TaskResult result)
    {
        if (record is null)
        {
            files.Quarantine(path, "unknown_task", "no task with this id was accepted; submit tasks with POST /tasks");
            return;
        }
        if (record.Attempt != result.Attempt || record.State.IsSettled())
        {
            await DiscardAsync(path, record, result);
            return;
        }

        // Its parent is the worker's span; ours must not become one by accident.
        Activity.Current = null;
        using var settle = TaskActivities.StartSettle(result, record.Type, record.Priority);
        Activity.Current = null;
        if (result.Status == ResultStatus.Completed)
            await CompleteAsync(path, record, result, settle);
        else
            await FailAsync(path, record, result, settle);
        if (record is { Attempt: 1, StartedAt: null })
            instruments.Started(record.Worker, record.Type, result.StartedAt - record.CreatedAt);
    }

    private async Task CompleteAsync(string path, TaskRecord record, TaskResult result, Activity? settle)
    {
        if (await journal.RunAsync(s => s.Complete(record.Id, result.Attempt, result.StartedAt)) is null)
        {
            await DiscardAsync(path, journal.Queries.Find(record.Id)!, result);
            return;
        }
        settle?.SetTag(TelemetryNames.Attributes.TaskState, TaskState.Completed.ToName());
        instruments.Completed(record.Worker, record.Type);
    }

    private async Task FailAsync(string path, TaskRecord record, TaskResult result, Activity? settle)
    {
        var error = result.Error!;
        settle.Fail(error.Type, error.Message);
        if (await outcomes.FailAsReportedAsync(record, result))
            File.Delete(path);
        else
            await DiscardAsync(path, journal.Queries.Find(record.Id)!, result);
    }

    private Task DiscardAsync(string path, TaskRecord record, TaskResult result)
    {
        if (record.State == TaskState.Completed && record.Attempt == result.Attempt && result.Status == ResultStatus.Completed)
            return Task.CompletedTask;
        // A crash between the journal's commit and the removal of a failed result leaves a file that says nothing new.
        if (result.Error is { } error && journal.Queries.Errors(record.Seq).Any(e => e.Attempt == result.Attempt && e.Type == error.Type))
            File.Delete(path);
        else
            files.Quarantine(path, "stale_attempt",
                $"this is the result of attempt {result.Attempt}, but the task is {record.State.ToName()} at attempt {record.Attempt}");
        return Task.CompletedTask;
    }
}
