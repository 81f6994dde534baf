using System.Text.Json;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>What the orchestrator does to files of the shared volume. Only the dispatcher uses it, one thing at a time.</summary>
public sealed partial class TaskFiles(SharedVolume volume, TaskJournal journal, TimeProvider time, ILogger<TaskFiles> logger)
{
    private const string Self = "orchestrator";

    /// <summary>Puts the current attempt's file into its worker's folder.</summary>
    public void Place(TaskRecord record, JsonElement payload) =>
        ProtocolFile.Write(volume.TaskPath(record.Worker, record.Id), record.ToTask(payload), ProtocolJson.Default.AgentTask);

    /// <summary>Takes the waiting and the claimed file away; a worker that has claimed it notices and stops.</summary>
    public void Remove(string worker, string id)
    {
        Remove(volume.TaskPath(worker, id));
        Remove(volume.ActivePath(worker, id));
    }

    /// <summary>Takes away what nobody needs. A folder is somebody's mistake and may hold more than we know: it goes to quarantine.</summary>
    public void Remove(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            Quarantine(path, "not_a_file", "this is a folder where a file of the protocol has to be");
        else
            File.Delete(path);
    }

    /// <summary>Takes away what is left of a settled task.</summary>
    public void RemoveOutcome(string id)
    {
        Remove(volume.ResultPath(id));
        Remove(volume.DeadPath(id));
        Remove(volume.RecordingPath(id));
        try
        {
            Directory.Delete(volume.OutputDir(id), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Most tasks write nothing.
        }
    }

    /// <summary>Takes the waiting file back from the worker's folder. False when somebody else has it.</summary>
    public bool TryTakeBack(string worker, string id)
    {
        var held = Path.Combine(volume.TasksDir(worker), SharedVolume.Incoming, $"{id}.{Guid.NewGuid():N}");
        if (!SharedVolume.TryMove(volume.TaskPath(worker, id), held))
            return false;
        File.Delete(held);
        return true;
    }

    /// <summary>Writes <c>dead/&lt;id&gt;.json</c>, for people: when it cannot be written, the journal has it all the same.</summary>
    public void WriteDead(TaskRecord record)
    {
        var dead = new DeadTask(record.ToTask(journal.Queries.Payload(record.Seq)), journal.Queries.Errors(record.Seq), record.FinishedAt ?? time.GetUtcNow());
        try
        {
            ProtocolFile.Write(volume.DeadPath(record.Id), dead, ProtocolJson.Default.DeadTask);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogDeadNotWritten(record.Id, e);
        }
    }

    /// <summary>Moves a file aside with its reason.</summary>
    public void Quarantine(string path, string reason, string detail) => Quarantine(path, new ProtocolFileException(reason, detail));

    /// <summary>Moves a file aside with its reason.</summary>
    public void Quarantine(string path, ProtocolFileException error)
    {
        if (ProtocolFile.Quarantine(volume, path, error, Self, time) is { } moved)
            LogQuarantined(moved.From, moved.Reason, moved.Detail);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dead letter of task {task_id} could not be written; GET /dead has it")]
    private partial void LogDeadNotWritten(string task_id, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} went to quarantine ({Reason}): {Detail}")]
    private partial void LogQuarantined(string file, string reason, string detail);
}
