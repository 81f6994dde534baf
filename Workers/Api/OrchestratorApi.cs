using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Api;

/// <summary>
/// What agents ask of the orchestrator over HTTP: money for model calls, child tasks, and answers of people. It may be started anew at any time,
/// and a task whose agent has waited for an hour must not fail for that: what can be asked again without harm is.
/// </summary>
public sealed class OrchestratorApi(IHttpClientFactory clients, IOptions<ClaudeOptions> options, TimeProvider time)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "orchestrator-api";

    /// <summary>How long the orchestrator holds a question that waits.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Asks for money and a slot. The caller judges the refusals, see <see cref="BudgetRequest"/>.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<BudgetReservation> ReserveAsync(BudgetRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "budget/calls", request, ApiJson.Default.BudgetRequest, ApiJson.Default.BudgetReservation, Patience, cancellation);

    /// <summary>Says what a call did cost; may be said again.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<BudgetSettled> SettleAsync(string id, BudgetSettlement settlement, CancellationToken cancellation) => AgainAsync(
        () => SendAsync(
            HttpMethod.Put, $"budget/calls/{Uri.EscapeDataString(id)}", settlement,
            ApiJson.Default.BudgetSettlement, ApiJson.Default.BudgetSettled, Patience, cancellation),
        options.Value.OutagePatience, cancellation);

    /// <summary>Hands a task in that has an idempotency key.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<TaskView> SubmitAsync(TaskSubmission task, CancellationToken cancellation) => AgainAsync(
        () => SendAsync(HttpMethod.Post, "tasks", task, ApiJson.Default.TaskSubmission, ApiJson.Default.TaskView, Patience, cancellation),
        options.Value.OutagePatience, cancellation);

    /// <summary>The task once it is settled.</summary>
    /// <exception cref="OrchestratorException">It refuses.</exception>
    public Task<TaskView> WaitForTaskAsync(TaskView task, CancellationToken cancellation) =>
        WaitAsync($"tasks/{Uri.EscapeDataString(task.Id)}", task, static t => t.State.IsSettled(), ApiJson.Default.TaskView, cancellation);

    /// <summary>Asks a person. The same question of a task is one question.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<Question> AskAsync(string taskId, QuestionRequest question, CancellationToken cancellation) => AgainAsync(
        () => SendAsync(
            HttpMethod.Post, $"tasks/{Uri.EscapeDataString(taskId)}/questions", question,
            ApiJson.Default.QuestionRequest, ApiJson.Default.Question, Patience, cancellation),
        options.Value.OutagePatience, cancellation);

    /// <summary>The question once it is answered or over.</summary>
    /// <exception cref="OrchestratorException">It refuses.</exception>
    public Task<Question> WaitForAnswerAsync(Question question, CancellationToken cancellation) =>
        WaitAsync($"questions/{Uri.EscapeDataString(question.Id)}", question, static q => q.State != "open", ApiJson.Default.Question, cancellation);

    /// <summary>Waits however long the orchestrator is away: whoever waits no more says so by <paramref name="cancellation"/>.</summary>
    private async Task<T> WaitAsync<T>(string path, T current, Func<T, bool> isOver, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        while (!isOver(current))
            current = await AgainAsync(
                () => SendAsync<object, T>(HttpMethod.Get, $"{path}?wait={Hold.TotalSeconds:0}", null, null, type, Hold + Patience, cancellation),
                TimeSpan.MaxValue, cancellation);
        return current;
    }

    /// <summary>Asks again while the orchestrator does not answer.</summary>
    private async Task<T> AgainAsync<T>(Func<Task<T>> ask, TimeSpan patience, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : pause)
        {
            try
            {
                return await ask();
            }
            catch (OrchestratorException e) when (e.IsOutage && time.GetElapsedTime(began) < patience)
            {
                await Task.Delay(pause, time, cancellation);
            }
        }
    }

    private async Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method, string path, TBody? body, JsonTypeInfo<TBody>? type, JsonTypeInfo<TAnswer> answer, TimeSpan patience,
        CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = type is null ? null : JsonContent.Create(body!, type) };
            using var response = await clients.CreateClient(Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!response.IsSuccessStatusCode)
                throw await RefusedAsync(response, limit.Token);
            return await response.Content.ReadFromJsonAsync(answer, limit.Token) ?? throw new JsonException("the answer is null");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new OrchestratorException(null, $"The orchestrator did not answer within {patience.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new OrchestratorException(null, $"The orchestrator cannot be asked: {e.Message}", e);
        }
    }

    private static async Task<OrchestratorException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        string? detail = null;
        try
        {
            using var problem = JsonDocument.Parse(text);
            detail = Text(problem, "detail") ?? Text(problem, "title");
            if (problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("errors", out var errors)
                && errors.ValueKind != JsonValueKind.Null)
                detail = $"{detail} {errors.GetRawText()}";
        }
        catch (JsonException)
        {
        }
        return new(response.StatusCode, detail ?? $"The orchestrator answered {(int)response.StatusCode}.")
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
            Refusal = response.StatusCode == HttpStatusCode.PaymentRequired ? Refusal(text) : null,
        };
    }

    private static BudgetRefusal? Refusal(string problem)
    {
        try
        {
            return JsonSerializer.Deserialize(problem, ApiJson.Default.BudgetRefusal);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument problem, string name) =>
        problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>The orchestrator does not answer, or refuses.</summary>
/// <param name="status">What it answered; null when it did not.</param>
/// <param name="message">For people: what it said.</param>
/// <param name="inner">The cause.</param>
public sealed class OrchestratorException(HttpStatusCode? status, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What it answered; null when it did not.</summary>
    public HttpStatusCode? Status { get; } = status;

    /// <summary>Whether it is away, or not itself: later it may be there again.</summary>
    public bool IsOutage => Status is null or >= HttpStatusCode.InternalServerError;

    /// <summary>When it may be asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The ceiling, where money was refused.</summary>
    public BudgetRefusal? Refusal { get; init; }
}
