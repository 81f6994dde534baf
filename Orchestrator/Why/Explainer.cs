using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Presence;
using AgentSystem.Orchestrator.Why.Evidence;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Why;

/// <summary>Gathers what is known about a task and explains it: from the journal always, from its trace and its log where they are to be had.</summary>
internal sealed class Explainer(
    TaskJournal journal, WorkerPresence presence, SharedVolume volume, JaegerTraces traces, LokiLogs logs, OwnStart start,
    IOptions<OrchestratorOptions> options, TimeProvider time)
{
    internal async Task<TaskExplanation> ExplainAsync(TaskRecord task, CancellationToken cancellation)
    {
        var to = task.FinishedAt ?? time.GetUtcNow();
        if (to < task.CreatedAt)
            to = task.CreatedAt;
        var life = journal.Queries.Life(task.Id);
        var result = Result(task);
        string[] known = [.. new[] { task.CorrelationId, new TraceCarrier(task.PreviousAttempt).TraceId, result?.TraceContext.TraceId }.OfType<string>().Distinct()];

        var hasRetries = task.Attempt > 1;
        var asked = traces.FindAsync(task.Id, known, hasRetries, task.CreatedAt, to, cancellation);
        // Lines of a retry name the task, so that their traces need not be known.
        var logged = logs.FindAsync(task.Id, known, task.CreatedAt, to, cancellation);
        await Task.WhenAll(asked, logged);

        return Explanation.Of(new()
        {
            Task = task,
            To = to,
            Life = life,
            Errors = journal.Queries.Errors(task.Seq),
            Result = result,
            Traces = await asked,
            Logs = await logged,
            Around = Around(task, life, to),
            Lease = options.Value.LeaseDuration,
        });
    }

    private Surroundings Around(TaskRecord task, IReadOnlyList<TaskEvent> life, DateTimeOffset to)
    {
        var meanwhile = life.Count == 0
            ? []
            : journal.Queries.Meanwhile(task.Id, life[0].Seq, task.State.IsSettled() ? life[^1].Seq : long.MaxValue);
        var attempts = journal.Queries.RunningBeside(task, task.Worker, task.CreatedAt, to);
        return new()
        {
            Peers = journal.Queries.Peers(task, Peers.Wanted),
            Ahead = journal.Queries.AheadOf(task),
            Running = Occupations.Of(task.Worker, attempts, meanwhile, task.CreatedAt, to),
            Meanwhile = meanwhile,
            Instances = presence.Instances(task.Worker),
            OrchestratorStart = start.At,
        };
    }

    private TaskResult? Result(TaskRecord task)
    {
        try
        {
            return ProtocolFile.ReadResult(volume.ResultPath(task.Id)) is { } result && result.Attempt == task.Attempt ? result : null;
        }
        catch (Exception e) when (e is FileNotFoundException or ProtocolFileException)
        {
            return null;
        }
    }
}
