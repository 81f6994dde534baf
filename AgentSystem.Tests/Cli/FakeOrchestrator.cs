using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.Cli;

/// <summary>Speaks the orchestrator's API from memory, over a real socket. Nothing happens to a task unless the test says so.</summary>
internal sealed class FakeOrchestrator : IAsyncDisposable
{
    public const string ApiKey = "test-key";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, TaskView> _tasks = new();
    private readonly List<TaskEvent> _events = [];
    private readonly SemaphoreSlim _eventAdded = new(0);
    private CancellationTokenSource _connections = new();

    private FakeOrchestrator()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Use(async (context, next) =>
        {
            Keys.Enqueue(context.Request.Headers[ConnectionFile.ApiKeyHeader].ToString());
            if (context.Request.Headers[ConnectionFile.ApiKeyHeader] != ApiKey)
                await ProblemAsync(context, 401, "This endpoint needs the API key.");
            else
                await next();
        });
        _app.MapPost("/tasks", SubmitAsync);
        _app.MapGet("/tasks", context => Json(context, new TaskPage([.. _tasks.Values.OrderByDescending(t => t.Id)], Next), ApiJson.Default.TaskPage, query: true));
        _app.MapGet("/dead", context => Json(context, new TaskPage([.. _tasks.Values.Where(t => t.State == TaskState.Dead)], null), ApiJson.Default.TaskPage));
        _app.MapGet("/tasks/{id}", (string id, HttpContext context) => _tasks.TryGetValue(id, out var task)
            ? Json(context, task, ApiJson.Default.TaskView) : ProblemAsync(context, 404, "There is no such task."));
        _app.MapGet("/tasks/{id}/why", (string id, HttpContext context) => Explanations.TryGetValue(id, out var why)
            ? Json(context, why, ApiJson.Default.TaskExplanation) : ProblemAsync(context, 404, "There is no such task."));
        _app.MapPost("/tasks/{id}/{verb}", ActAsync);
        _app.MapGet("/workers", context => Json(context, Workers(), ApiJson.Default.IReadOnlyListWorkerView));
        _app.MapGet("/events", EventsAsync);
    }

    public string Url => _app.Urls.Single();

    /// <summary>Every request for tasks, in order, as its body.</summary>
    public ConcurrentQueue<JsonElement> Submissions { get; } = new();

    public ConcurrentQueue<string> Keys { get; } = new();

    public ConcurrentQueue<string?> LastEventIds { get; } = new();

    public ConcurrentQueue<string> Queries { get; } = new();

    public ConcurrentDictionary<string, TaskExplanation> Explanations { get; } = new();

    /// <summary>Answers to give to submissions before they are accepted.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>> Refusals { get; } = new();

    /// <summary>Called with each accepted task.</summary>
    public Action<TaskView> OnAccepted { get; set; } = static _ => { };

    public string? Next { get; set; }

    public static async Task<FakeOrchestrator> StartAsync()
    {
        var fake = new FakeOrchestrator();
        await fake._app.StartAsync();
        return fake;
    }

    public TaskView Put(TaskView task) => _tasks[task.Id] = task;

    public static TaskView NewTask(string id, TaskState state = TaskState.Ready) => new()
    {
        Id = id,
        Type = "document_analysis",
        Priority = TaskPriority.Normal,
        State = state,
        Worker = "marie",
        Attempt = 1,
        MaxAttempts = 3,
        CreatedAt = DateTimeOffset.UtcNow.AddSeconds(-2),
        FinishedAt = state.IsSettled() ? DateTimeOffset.UtcNow : null,
        CorrelationId = "0af7651916cd43dd8448eb211c80319c",
        Errors = state == TaskState.Dead ? [new TaskError("file_not_found", "the document is gone", false) { Attempt = 1, At = DateTimeOffset.UtcNow }] : [],
    };

    /// <summary>Settles a task and tells those who listen.</summary>
    public void Settle(string id, TaskState state)
    {
        Put(NewTask(id, state));
        Publish(id, state.ToName());
    }

    public void Publish(string id, string name, double? progress = null, string? message = null)
    {
        lock (_events)
            _events.Add(new(_events.Count + 1, id, name, "marie", 1, DateTimeOffset.UtcNow, progress, message, null));
        _eventAdded.Release();
    }

    /// <summary>Breaks every event stream in the middle.</summary>
    public void DropConnections() => Interlocked.Exchange(ref _connections, new()).Cancel();

    public static Task ProblemAsync(HttpContext context, int status, string title, string? detail = null, string? errors = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync($$"""{"title":{{JsonSerializer.Serialize(title)}},"detail":{{JsonSerializer.Serialize(detail)}},"errors":{{errors ?? "null"}}}""");
    }

    public async ValueTask DisposeAsync()
    {
        DropConnections();
        await _app.DisposeAsync();
    }

    private async Task SubmitAsync(HttpContext context)
    {
        if (Refusals.TryDequeue(out var refuse))
        {
            await refuse(context);
            return;
        }
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        Submissions.Enqueue(body.RootElement.Clone());
        if (body.RootElement.ValueKind == JsonValueKind.Array)
            await Json(context, new BatchAccepted([.. body.RootElement.EnumerateArray().Select(Accept)]), ApiJson.Default.BatchAccepted);
        else
            await Json(context, Accept(body.RootElement), ApiJson.Default.TaskView);
    }

    private TaskView Accept(JsonElement submission)
    {
        var task = Put(NewTask($"T{_tasks.Count:00000}") with { Type = submission.GetProperty("type").GetString()! });
        OnAccepted(task);
        return task;
    }

    private async Task ActAsync(string id, string verb, HttpContext context)
    {
        if (!_tasks.TryGetValue(id, out var task))
            await ProblemAsync(context, 404, "There is no such task.");
        else if (verb == "replay")
            await Json(context, Put(NewTask($"{id}-again") with { ReplayOf = id }), ApiJson.Default.TaskView);
        else if (task.State.IsSettled())
            await ProblemAsync(context, 409, "The task is settled.", "Nothing can be cancelled about it.");
        else
            await Json(context, Put(NewTask(id, TaskState.Cancelled)), ApiJson.Default.TaskView);
    }

    private IReadOnlyList<WorkerView> Workers()
    {
        var heartbeat = new WorkerHeartbeat("marie", "marie-1", 7, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, 4, 1, false, ["summarize"], "http://127.0.0.1:1");
        return [new("marie", true, [heartbeat], 0, 0, _tasks.Values.Count(t => !t.State.IsSettled())), new("anga", false, [], 0, 0, 0)];
    }

    private async Task EventsAsync(HttpContext context)
    {
        var last = context.Request.Headers["Last-Event-ID"].ToString();
        LastEventIds.Enqueue(last.Length == 0 ? null : last);
        var sent = last.Length == 0 ? 0 : int.Parse(last, CultureInfo.InvariantCulture);
        context.Response.ContentType = "text/event-stream";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_connections.Token, context.RequestAborted);
        try
        {
            await context.Response.WriteAsync(": hello\n\n", stop.Token);
            while (true)
            {
                TaskEvent[] fresh;
                lock (_events)
                    fresh = [.. _events.Skip(sent)];
                foreach (var item in fresh)
                    await context.Response.WriteAsync($"id: {item.Seq}\nevent: {item.Event}\ndata: {JsonSerializer.Serialize(item, ApiJson.Default.TaskEvent)}\n\n", stop.Token);
                sent += fresh.Length;
                await context.Response.Body.FlushAsync(stop.Token);
                await _eventAdded.WaitAsync(TimeSpan.FromMilliseconds(50), stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            context.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
        }
    }

    private Task Json<T>(HttpContext context, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, bool query = false)
    {
        if (query)
            Queries.Enqueue(context.Request.QueryString.Value ?? "");
        return context.Response.WriteAsJsonAsync(value, type);
    }
}
