using System.Text.Json;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Status;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Puts together what the API shows of a task: its row, its files, and what was last said about it.</summary>
internal sealed class TaskViews(TaskJournal journal, ProgressBoard board, SharedVolume volume)
{
    /// <summary>For lists: without payload and output.</summary>
    internal TaskView Short(TaskRecord record)
    {
        var view = record.ToView();
        if (record.Attempt > 1 || record.State == TaskState.Dead)
            view = view with { Errors = journal.Queries.Errors(record.Seq) };
        if (record.State == TaskState.Completed)
            return view with { Progress = 1 };
        return record.State == TaskState.Active && board.Get(record.Id) is var (progress, message)
            ? view with { Progress = progress, Message = message }
            : view;
    }

    /// <summary>With payload and output.</summary>
    internal TaskView Full(TaskRecord record) => Short(record) with { Payload = journal.Queries.Payload(record.Seq), Output = Output(record) };

    private JsonElement? Output(TaskRecord record)
    {
        if (record.State != TaskState.Completed)
            return null;
        try
        {
            return ProtocolFile.ReadResult(volume.ResultPath(record.Id)).Output;
        }
        catch (Exception e) when (e is FileNotFoundException or ProtocolFileException)
        {
            // Somebody has tidied up the results; that the task was completed stays true.
            return null;
        }
    }
}
