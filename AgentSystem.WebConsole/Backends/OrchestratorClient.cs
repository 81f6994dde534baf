using AgentSystem.Protocol.Api;

namespace AgentSystem.WebConsole.Backends;

/// <summary>The orchestrator's API.</summary>
public sealed class OrchestratorClient(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
    : BackendClient(Backend.Orchestrator, clients, health, time)
{
    /// <summary>A page of tasks, newest first.</summary>
    /// <param name="query">As <c>GET /tasks</c> has it, for example <c>state=active&amp;limit=50</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<Answer<TaskPage>> TasksAsync(string query, CancellationToken cancellationToken = default) =>
        GetAsync($"tasks?{query}", ApiJson.Default.TaskPage, cancellationToken);

    /// <summary>One task with payload, output and errors.</summary>
    public Task<Answer<TaskView>> TaskAsync(string id, CancellationToken cancellationToken = default) =>
        GetAsync($"tasks/{Uri.EscapeDataString(id)}", ApiJson.Default.TaskView, cancellationToken);

    /// <summary>Where a task's time went.</summary>
    public Task<Answer<TaskExplanation>> WhyAsync(string id, CancellationToken cancellationToken = default) =>
        GetAsync($"tasks/{Uri.EscapeDataString(id)}/why", ApiJson.Default.TaskExplanation, cancellationToken);

    /// <summary>The workers, their processes and their queues.</summary>
    public Task<Answer<IReadOnlyList<WorkerView>>> WorkersAsync(CancellationToken cancellationToken = default) =>
        GetAsync("workers", ApiJson.Default.IReadOnlyListWorkerView, cancellationToken);

    /// <summary>Hands a task in.</summary>
    public Task<Answer<TaskView>> SubmitAsync(TaskSubmission submission, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "tasks", JsonContent.Create(submission, ApiJson.Default.TaskSubmission), ApiJson.Default.TaskView, cancellationToken);

    /// <summary>Cancels a task that is not settled.</summary>
    public Task<Answer<TaskView>> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"tasks/{Uri.EscapeDataString(id)}/cancel", null, ApiJson.Default.TaskView, cancellationToken);

    /// <summary>Hands the content of a settled task in again; the answer is the new task.</summary>
    public Task<Answer<TaskView>> ReplayAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"tasks/{Uri.EscapeDataString(id)}/replay", null, ApiJson.Default.TaskView, cancellationToken);

    /// <summary>What model calls may cost and have cost.</summary>
    public Task<Answer<BudgetView>> BudgetAsync(CancellationToken cancellationToken = default) =>
        GetAsync("budget", ApiJson.Default.BudgetView, cancellationToken);

    /// <summary>What agents ask people, newest first.</summary>
    /// <param name="query">As <c>GET /questions</c> has it, for example <c>state=open</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<Answer<QuestionList>> QuestionsAsync(string query, CancellationToken cancellationToken = default) =>
        GetAsync($"questions?{query}", ApiJson.Default.QuestionList, cancellationToken);

    /// <summary>Answers a question.</summary>
    public Task<Answer<Question>> AnswerAsync(string id, QuestionAnswer answer, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"questions/{Uri.EscapeDataString(id)}/answer", JsonContent.Create(answer, ApiJson.Default.QuestionAnswer), ApiJson.Default.Question, cancellationToken);

    /// <inheritdoc/>
    protected override string ReadError(string body) => ProblemDetailsText.Of(body);
}
