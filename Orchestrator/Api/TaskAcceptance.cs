using System.Diagnostics;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Dispatch;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Presence;
using AgentSystem.Orchestrator.Telemetry;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Gives submissions their worker and their trace, and has the journal accept them, all or none.</summary>
internal sealed class TaskAcceptance(
    TaskJournal journal, DispatchSignals signals, WorkerCatalog workers, WorkerPresence presence, TaskFamily family, OrchestratorInstruments instruments,
    TimeProvider time)
{
    /// <summary>Accepts one task, whose trace continues the request's.</summary>
    internal async Task<(TaskRecord Record, bool IsNew)> AcceptAsync(Submission submission) =>
        (await AcceptAsync([submission], Activity.Current?.Context ?? default, link: default))[0];

    /// <summary>Accepts a batch: each task is a trace of its own that links to the request.</summary>
    internal Task<IReadOnlyList<(TaskRecord Record, bool IsNew)>> AcceptAsync(IReadOnlyList<Submission> batch) =>
        AcceptAsync(batch, parent: default, Activity.Current?.Context ?? default);

    private async Task<IReadOnlyList<(TaskRecord Record, bool IsNew)>> AcceptAsync(
        IReadOnlyList<Submission> submissions, ActivityContext parent, ActivityContext link)
    {
        var request = Activity.Current;
        var spans = new List<Activity?>(submissions.Count);
        try
        {
            var tasks = Prepare(submissions, parent, link, spans);
            Activity.Current = request;
            var accepted = await journal.RunAsync(s => s.Accept(tasks));
            foreach (var (record, isNew) in accepted)
                if (isNew)
                    instruments.Created(record.Type, record.Priority);
            signals.Wake();
            return accepted;
        }
        catch (Exception e) when (e is SubmissionRejectedException or JournalException)
        {
            foreach (var span in spans)
                span.Fail("rejected", e.Message);
            throw;
        }
        finally
        {
            foreach (var span in spans)
                span?.Dispose();
            Activity.Current = request;
        }
    }

    private List<NewTask> Prepare(IReadOnlyList<Submission> submissions, ActivityContext parent, ActivityContext link, List<Activity?> spans)
    {
        var now = time.GetUtcNow();
        var loads = workers.Names.ToDictionary(w => w, w => (IsAway: !presence.IsAlive(w), Tasks: journal.Counts.Load(w)));
        var tasks = new List<NewTask>(submissions.Count);
        foreach (var submission in submissions)
        {
            var chain = family.ChainOf(submission, tasks.Count);
            // Those who are there first, then who has least to do.
            var worker = submission.Worker ?? workers.WorkersFor(submission.Type).Except(chain).MinBy(w => loads[w]);
            if (worker is null || chain.Contains(worker))
                throw TaskFamily.Circle(tasks.Count, chain, worker ?? submission.Type);
            loads[worker] = loads[worker] with { Tasks = loads[worker].Tasks + 1 };
            var id = submission.Id ?? TaskId.New(now);
            var span = TaskActivities.StartCreate(id, submission.Type, submission.Priority, worker, parent, link);
            spans.Add(span);
            var trace = TraceCarrier.From(span);
            tasks.Add(new(
                new()
                {
                    Id = id,
                    Type = submission.Type,
                    Priority = submission.Priority,
                    State = TaskState.Pending,
                    Worker = worker,
                    Attempt = 1,
                    MaxAttempts = submission.MaxAttempts,
                    CreatedAt = now,
                    Deadline = submission.Deadline,
                    IdempotencyKey = submission.IdempotencyKey,
                    CorrelationId = span?.TraceId.ToHexString(),
                    ReplayOf = submission.ReplayOf,
                    ParentId = submission.ParentId,
                },
                submission.Payload, Pinned: submission.Worker is not null, submission.ContentHash(), trace));
        }
        return tasks;
    }
}
