using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Workers.Api;

/// <summary>What agents ask of the orchestrator over HTTP: money for model calls, child tasks, and answers of people.</summary>
public sealed class OrchestratorApi(IHttpClientFactory clients)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "orchestrator-api";

    /// <summary>How long the orchestrator holds a question that waits.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Asks for money and a slot. The caller judges the refusals, see <see cref="BudgetRequest"/>.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<BudgetReservation> ReserveAsync(BudgetRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "budget/calls", request, ApiJson.Default.BudgetRequest, ApiJson.Default.BudgetReservation, Patience, cancellation);

    /// <summary>Says what a call did cost; may be said again.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<BudgetSettled> SettleAsync(string id, BudgetSettlement settlement, CancellationToken cancellation) => SendAsync(
        HttpMethod.Put, $"budget/calls/{Uri.EscapeDataString(id)}", settlement,
        ApiJson.Default.BudgetSettlement, ApiJson.Default.BudgetSettled, Patience, cancellation);

    /// <summary>Hands a task in.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<TaskView> SubmitAsync(TaskSubmission task, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "tasks", task, ApiJson.Default.TaskSubmission, ApiJson.Default.TaskView, Patience, cancellation);

    /// <summary>The task as soon as it is settled, or as it is after half a minute.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<TaskView> WaitForTaskAsync(string id, CancellationToken cancellation) =>
        GetAsync($"tasks/{Uri.EscapeDataString(id)}", ApiJson.Default.TaskView, cancellation);

    /// <summary>Asks a person.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<Question> AskAsync(string taskId, QuestionRequest question, CancellationToken cancellation) => SendAsync(
        HttpMethod.Post, $"tasks/{Uri.EscapeDataString(taskId)}/questions", question,
        ApiJson.Default.QuestionRequest, ApiJson.Default.Question, Patience, cancellation);

    /// <summary>The question as soon as it is answered or over, or as it is after half a minute.</summary>
    /// <exception cref="OrchestratorException">It does not answer, or refuses.</exception>
    public Task<Question> WaitForAnswerAsync(string id, CancellationToken cancellation) =>
        GetAsync($"questions/{Uri.EscapeDataString(id)}", ApiJson.Default.Question, cancellation);

    private Task<TAnswer> GetAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answer, CancellationToken cancellation) =>
        SendAsync<object, TAnswer>(HttpMethod.Get, $"{path}?wait={Hold.TotalSeconds:0}", null, null, answer, Hold + Patience, cancellation);

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

    /// <summary>When it may be asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The ceiling, where money was refused.</summary>
    public BudgetRefusal? Refusal { get; init; }
}
