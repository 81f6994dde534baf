using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Api;

/// <summary>The HTTP APIs of the orchestrator and of the alerting service. Every failure is a <see cref="CliException"/> that says what to do.</summary>
internal sealed class ApiClient : IDisposable
{
    /// <summary>A batch of 10,000 on a slow disk takes seconds; past this nobody is listening.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(100);

    private readonly Connection _connection;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public ApiClient(Connection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect would carry the API key to wherever it points, a proxy would see it, and neither belongs between two local processes.
            AllowAutoRedirect = false,
            UseProxy = !connection.Url.IsLoopback,
            ConnectTimeout = TimeSpan.FromSeconds(5),
        })
        {
            BaseAddress = connection.Url,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (connection.ApiKey is not null)
            _http.DefaultRequestHeaders.TryAddWithoutValidation(ConnectionFile.ApiKeyHeader, connection.ApiKey);
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("agentctl", null));
    }

    public Task<TaskView> SubmitAsync(TaskSubmission task, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "tasks", Json(task, ApiJson.Default.TaskSubmission), ApiJson.Default.TaskView, cancellationToken);

    public Task<BatchAccepted> SubmitAsync(IReadOnlyList<TaskSubmission> tasks, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "tasks", Json(tasks, ApiJson.Default.IReadOnlyListTaskSubmission), ApiJson.Default.BatchAccepted, cancellationToken);

    public Task<TaskView> GetTaskAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"tasks/{id}", null, ApiJson.Default.TaskView, cancellationToken);

    public Task<TaskExplanation> ExplainAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"tasks/{id}/why", null, ApiJson.Default.TaskExplanation, cancellationToken);

    public Task<TaskView> CancelAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"tasks/{id}/cancel", null, ApiJson.Default.TaskView, cancellationToken);

    public Task<TaskView> ReplayAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"tasks/{id}/replay", null, ApiJson.Default.TaskView, cancellationToken);

    /// <summary>Gets a page of <paramref name="path"/> (<c>tasks</c> or <c>dead</c>). Filters without a value are left out.</summary>
    public Task<TaskPage> ListAsync(string path, IEnumerable<(string Name, string? Value)> filters, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"{path}?{Query(filters)}", null, ApiJson.Default.TaskPage, cancellationToken);

    public Task<IReadOnlyList<WorkerView>> GetWorkersAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "workers", null, ApiJson.Default.IReadOnlyListWorkerView, cancellationToken);

    public Task<BudgetView> GetBudgetAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "budget", null, ApiJson.Default.BudgetView, cancellationToken);

    public Task<QuestionList> GetQuestionsAsync(string state, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"questions?state={state}", null, ApiJson.Default.QuestionList, cancellationToken);

    public Task<Question> AnswerAsync(string id, QuestionAnswer answer, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"questions/{id}/answer", Json(answer, ApiJson.Default.QuestionAnswer), ApiJson.Default.Question, cancellationToken);

    public Task<AlertList> GetAlertsAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "alerts", null, ApiJson.Default.AlertList, cancellationToken);

    /// <summary>Gets incidents; filters without a value are left out.</summary>
    public Task<IncidentList> GetIncidentsAsync(IEnumerable<(string Name, string? Value)> filters, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"incidents?{Query(filters)}", null, ApiJson.Default.IncidentList, cancellationToken);

    public Task<Incident> GetIncidentAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"incidents/{id}", null, ApiJson.Default.Incident, cancellationToken);

    /// <summary>Does something to an incident: <c>acknowledge</c>, <c>assign</c>, <c>resolve</c>, <c>merge</c> or <c>notes</c>.</summary>
    public Task<Incident> ActAsync(string id, string verb, IncidentAction action, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"incidents/{id}/{verb}", Json(action, ApiJson.Default.IncidentAction), ApiJson.Default.Incident, cancellationToken);

    public Task<ChangeReport> ReportAsync(ChangeReport change, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "changes", Json(change, ApiJson.Default.ChangeReport), ApiJson.Default.ChangeReport, cancellationToken);

    /// <summary>Gets the faults that are injected now, or all that ever were.</summary>
    public Task<FaultList> GetFaultsAsync(bool all, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, all ? "chaos?all=true" : "chaos", null, ApiJson.Default.FaultList, cancellationToken);

    public Task<InjectedFault> InjectAsync(FaultRequest fault, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "chaos", Json(fault, ApiJson.Default.FaultRequest), ApiJson.Default.InjectedFault, cancellationToken);

    public Task<InjectedFault> RenewFaultAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"chaos/{id}/renew", null, ApiJson.Default.InjectedFault, cancellationToken);

    public Task<InjectedFault> EndFaultAsync(string id, string by, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"chaos/{id}?{Query([("by", by)])}", null, ApiJson.Default.InjectedFault, cancellationToken);

    /// <summary>Opens <c>GET /events</c> after <paramref name="lastEventId"/>; the caller disposes the answer.</summary>
    public async Task<HttpResponseMessage> OpenEventsAsync(string? lastEventId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return await SendAsync(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var response = await SendAsync(request, timeout.Token);
            await using var body = await response.Content.ReadAsStreamAsync(timeout.Token);
            return await JsonSerializer.DeserializeAsync(body, type, timeout.Token) ?? throw new JsonException("the answer is null");
        }
        catch (JsonException e)
        {
            throw new CliException(ExitCode.ServerFault, $"the answer of {_connection.Url}{path} was not understood: {e.Message}",
                "Is this the address of one of the system's services, and is agentctl of the same version?");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(ExitCode.NotReachable,
                string.Create(CultureInfo.InvariantCulture, $"{_connection.Url} did not answer within {AnswerTimeout.TotalSeconds:0} s."));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ApiException.ReadAsync(response, _connection, _time.GetUtcNow(), cancellationToken);
    }

    private CliException Unreachable(Exception cause) => new(ExitCode.NotReachable,
        $"{_connection.Url} cannot be reached: {cause.Message}",
        $"The address comes from {_connection.Origin}. Is the system running? ./start.sh starts it.");

    private static string Query(IEnumerable<(string Name, string? Value)> filters) =>
        string.Join('&', filters.Where(f => f.Value is not null).Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value!)}"));

    private static ByteArrayContent Json<T>(T value, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
