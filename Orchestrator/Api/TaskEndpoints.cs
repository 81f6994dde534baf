using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Dispatch;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Orchestrator.Why;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Http.Metadata;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Submit, look at, cancel and replay tasks.</summary>
internal static class TaskEndpoints
{
    internal static void MapTasks(this IEndpointRouteBuilder routes)
    {
        var tasks = routes.MapGroup("").WithTags("Tasks");
        tasks.MapPost("/tasks", SubmitAsync).WithName("SubmitTasks").WithSummary("Submit one task, or an array of up to 10,000")
            .WithDescription("A batch is accepted as a whole or not at all. With a known idempotency key the answer is the task that has it.")
            .Accepts<TaskSubmission>("application/json")
            .Produces<TaskView>(StatusCodes.Status202Accepted).Produces<TaskView>().WithProblems(400, 409, 413, 415, 422, 429)
            .WithMetadata(NoServerLimit.Instance);
        tasks.MapGet("/tasks/{id}", ShowAsync).WithName("GetTask").WithSummary("A task with its payload, output and errors").WithQuery(LongPoll.Parameter)
            .WithDescription("With ?wait=30 the answer comes when the task is settled, or after that many seconds.")
            .Produces<TaskView>().WithProblems(400, 404);
        tasks.MapGet("/tasks/{id}/why", WhyAsync).WithName("ExplainTask").WithSummary("Why a task took as long as it did, and ended as it did")
            .WithDescription("From the journal, and from the task's trace and log where Jaeger and Loki answer in time; the answer says which did.")
            .Produces<TaskExplanation>().WithProblems(400, 404);
        tasks.MapGet("/tasks", List).WithName("ListTasks").WithSummary("Tasks, newest first").WithQuery(TaskListQuery.Parameters)
            .WithDescription("Query: state (several with commas), worker, type, parent (a task's id), created_after, created_before, limit (1 to 1000), cursor.")
            .Produces<TaskPage>().WithProblems(400);
        tasks.MapGet("/dead", ListDead).WithName("ListDeadTasks").WithSummary("Tasks that were given up, newest first").WithQuery([.. TaskListQuery.Parameters.Where(name => name != "state")])
            .WithDescription("Query: worker, type, parent, created_after, created_before, limit, cursor.")
            .Produces<TaskPage>().WithProblems(400);
        tasks.MapPost("/tasks/{id}/cancel", CancelAsync).WithName("CancelTask").WithSummary("Cancel a task that is not settled")
            .Produces<TaskView>().WithProblems(400, 404, 409);
        tasks.MapPost("/tasks/{id}/replay", ReplayAsync).WithName("ReplayTask").WithSummary("Submit a settled task's content again as a new task")
            .Produces<TaskView>(StatusCodes.Status202Accepted).WithProblems(400, 404, 409, 429);
    }

    private static async Task<IResult> SubmitAsync(HttpContext http, SubmissionReader reader, TaskAcceptance acceptance, TaskViews views)
    {
        using var body = await SubmissionBody.ReadAsync(http.Request);
        var key = http.Request.Headers["Idempotency-Key"] is { Count: > 0 } header ? header.ToString() : null;
        var submissions = reader.Read(body.RootElement, key);
        var isBatch = body.RootElement.ValueKind == System.Text.Json.JsonValueKind.Array;
        try
        {
            if (!isBatch)
                return Accepted(http, await acceptance.AcceptAsync(submissions[0]));
            var accepted = await acceptance.AcceptAsync(submissions);
            return Results.Json(
                new BatchAccepted([.. accepted.Select(a => a.IsNew ? a.Record.ToView() : views.Short(a.Record))]),
                ApiJson.Default.BatchAccepted, statusCode: StatusCodes.Status202Accepted);
        }
        catch (SubmissionRejectedException e)
        {
            throw Rejected(http, e, isBatch ? $"tasks[{e.Index}]." : "");
        }
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, TaskJournal journal, TaskViews views, LongPoll poll) =>
        Results.Json(views.Full(await poll.WaitAsync(http, () => Find(journal, id), record => record.State.IsSettled())), ApiJson.Default.TaskView);

    private static async Task<IResult> WhyAsync(string id, HttpContext http, TaskJournal journal, Explainer explainer) =>
        Results.Json(await explainer.ExplainAsync(Find(journal, id), http.RequestAborted), ApiJson.Default.TaskExplanation);

    private static IResult List(HttpContext http, TaskJournal journal, TaskViews views, WorkerCatalog workers)
    {
        var (filter, limit) = TaskListQuery.Read(http.Request.Query, workers);
        return Page(filter, limit, journal, views);
    }

    private static IResult ListDead(HttpContext http, TaskJournal journal, TaskViews views, WorkerCatalog workers)
    {
        var (filter, limit) = TaskListQuery.Read(http.Request.Query, workers);
        return Page(filter with { States = [TaskState.Dead] }, limit, journal, views);
    }

    private static IResult Page(TaskFilter filter, int limit, TaskJournal journal, TaskViews views)
    {
        // One more than asked for tells whether there is another page.
        var records = journal.Queries.List(filter, limit + 1);
        var next = records.Count > limit ? TaskListQuery.CursorAfter(records[limit - 1]) : null;
        return Results.Json(new TaskPage([.. records.Take(limit).Select(views.Short)], next), ApiJson.Default.TaskPage);
    }

    private static async Task<IResult> CancelAsync(string id, TaskJournal journal, DispatchSignals signals, TaskViews views)
    {
        var record = Find(journal, id);
        var cancelled = await journal.RunAsync(s => s.Cancel(id));
        foreach (var task in cancelled)
            signals.Unwanted(task.Worker, task.Id);
        if (cancelled is [var ours, ..])
            return Results.Json(views.Full(ours), ApiJson.Default.TaskView);
        record = Find(journal, id);
        return record.State == TaskState.Cancelled
            ? Results.Json(views.Full(record), ApiJson.Default.TaskView)
            : throw new BadInputException(StatusCodes.Status409Conflict, $"Task {id} is {record.State.ToName()}.", "Only a task that is not settled can be cancelled.");
    }

    private static async Task<IResult> ReplayAsync(string id, HttpContext http, TaskJournal journal, TaskAcceptance acceptance)
    {
        var record = Find(journal, id);
        if (!record.State.IsSettled())
            throw new BadInputException(StatusCodes.Status409Conflict, $"Task {id} is still {record.State.ToName()}.", "Cancel it first, or wait until it is settled.");
        try
        {
            return Accepted(http, await acceptance.AcceptAsync(new Submission
            {
                Type = record.Type,
                Priority = record.Priority,
                Worker = record.Pinned ? record.Worker : null,
                MaxAttempts = record.MaxAttempts,
                Payload = System.Text.Encoding.UTF8.GetBytes(journal.Queries.Payload(record.Seq).GetRawText()),
                ReplayOf = record.Id,
            }));
        }
        catch (SubmissionRejectedException e)
        {
            throw Rejected(http, e, "");
        }
    }

    private static IResult Accepted(HttpContext http, (TaskRecord Record, bool IsNew) accepted)
    {
        http.Response.Headers.Location = $"/tasks/{accepted.Record.Id}";
        return Results.Json(
            accepted.Record.ToView(), ApiJson.Default.TaskView, statusCode: accepted.IsNew ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    private static TaskRecord Find(TaskJournal journal, string id)
    {
        if (!TaskId.IsValid(id))
            throw new BadInputException(
                StatusCodes.Status400BadRequest, "This is no task id.", "An id has 1 to 64 letters, digits, '-' or '_', starting with a letter or digit.");
        return journal.Queries.Find(id)
            ?? throw new BadInputException(StatusCodes.Status404NotFound, $"There is no task {id}.", "GET /tasks lists those that there are.");
    }

    private static BadInputException Rejected(HttpContext http, SubmissionRejectedException e, string prefix)
    {
        switch (e.Rejection)
        {
            case SubmissionRejection.Full:
                http.Response.Headers.RetryAfter = "5";
                return new(StatusCodes.Status429TooManyRequests, "The queue is full.", e.Message + ".");
            case SubmissionRejection.KeyReused:
                return new(StatusCodes.Status422UnprocessableEntity, "The idempotency key was used for something else.", e.Message + ".",
                    new Dictionary<string, string[]> { [prefix + "idempotency_key"] = [e.Message] });
            case SubmissionRejection.Subtask:
                return new(StatusCodes.Status422UnprocessableEntity, "The task may not be handed on like this.", e.Message + ".",
                    new Dictionary<string, string[]> { [prefix + "parent_id"] = [e.Message] });
            default:
                return new(StatusCodes.Status409Conflict, "The id is taken.", e.Message + ".",
                    new Dictionary<string, string[]> { [prefix + "id"] = [e.Message] });
        }
    }

    /// <summary>The body's bound is our own, whose error says what to do.</summary>
    private sealed class NoServerLimit : IRequestSizeLimitMetadata
    {
        internal static readonly NoServerLimit Instance = new();

        public long? MaxRequestBodySize => null;
    }
}
