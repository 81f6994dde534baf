using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>The orchestrator's side of what agents ask it over HTTP, from memory: money, child tasks, questions.</summary>
internal sealed class FakePurse : IAsyncDisposable
{
    private const decimal InputUsd = 2e-6m, OutputUsd = 10e-6m, CacheReadUsd = 0.2e-6m, CacheWriteUsd = 2.5e-6m;
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, decimal> _open = [];
    private readonly Dictionary<string, BudgetSettlement> _settled = [];
    private readonly Dictionary<string, BudgetRequest> _requests = [];

    private FakePurse()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Use(AwayAsync);
        _app.MapPost("/budget/calls", ReserveAsync);
        _app.MapPut("/budget/calls/{id}", SettleAsync);
        _app.MapPost("/tasks", SubmitAsync);
        _app.MapGet("/tasks/{id}", (string id, HttpContext context) => Json(context, Task(id), ApiJson.Default.TaskView));
        _app.MapPost("/tasks/{id}/questions", AskAsync);
        _app.MapGet("/questions/{id}", (string id, HttpContext context) => Json(context, Answer(Questions[id]), ApiJson.Default.Question));
        _app.MapGet("/alive", () => "");
    }

    public string Url => _app.Urls.Single();

    public decimal LimitUsd { get; set; } = 1000;

    /// <summary>How many calls may be open; more are told to come back.</summary>
    public int Slots { get; set; } = int.MaxValue;

    /// <summary>Reservations that fail with this before they are looked at.</summary>
    public ConcurrentQueue<int> Refusals { get; } = new();

    public ConcurrentQueue<int> SettlementRefusals { get; } = new();

    /// <summary>So many requests, whatever they want, find an orchestrator that is not itself.</summary>
    public int Outage { get => _outage; set => _outage = value; }

    private int _outage;

    public decimal SpentUsd { get; private set; }

    public int MostOpen { get; private set; }

    public IReadOnlyList<BudgetRequest> Reserved
    {
        get
        {
            lock (_gate)
                return [.. _requests.Values];
        }
    }

    public IReadOnlyList<BudgetSettlement> Settled
    {
        get
        {
            lock (_gate)
                return [.. _settled.Values];
        }
    }

    public int Open
    {
        get
        {
            lock (_gate)
                return _open.Count;
        }
    }

    /// <summary>Reservations that were settled with something else than the first time.</summary>
    public int SettledTwice { get; private set; }

    public ConcurrentQueue<(TaskSubmission Task, string Traceparent)> Children { get; } = new();

    /// <summary>What becomes of children, by how often they were asked for.</summary>
    public Func<TaskView, int, TaskView> ChildScript { get; set; } = (child, _) => child with { State = TaskState.Completed };

    /// <summary>What becomes of questions.</summary>
    public Func<Question, Question> Answer { get; set; } = q => q with { State = "answered", Answer = "yes", AnsweredBy = "ada" };

    public ConcurrentDictionary<string, Question> Questions { get; } = new();

    private readonly ConcurrentDictionary<string, (TaskView Child, int Asked)> _children = new();
    private readonly ConcurrentDictionary<string, string> _keys = new();

    public static async Task<FakePurse> StartAsync()
    {
        var purse = new FakePurse();
        await purse._app.StartAsync();
        return purse;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AwayAsync(HttpContext context, RequestDelegate next) =>
        Interlocked.Decrement(ref _outage) >= 0 ? ProblemAsync(context, 503, "Not now.") : next(context);

    private async Task ReserveAsync(HttpContext context)
    {
        var request = (await context.Request.ReadFromJsonAsync(ApiJson.Default.BudgetRequest))!;
        if (Refusals.TryDequeue(out var status))
        {
            await ProblemAsync(context, status, "Refused on purpose.");
            return;
        }
        BudgetReservation? reservation = null;
        var (refused, full) = (false, false);
        lock (_gate)
        {
            var amount = request.AmountUsd ?? request.InputTokens!.Value * CacheWriteUsd + request.MaxOutputTokens!.Value * OutputUsd;
            if (_open.Count >= Slots)
            {
                full = true;
            }
            else if (SpentUsd + _open.Values.Sum() + amount > LimitUsd)
            {
                refused = true;
            }
            else
            {
                reservation = new($"r{_requests.Count}", amount, DateTimeOffset.UtcNow.AddMinutes(1));
                _requests[reservation.Id] = request;
                _open[reservation.Id] = amount;
                MostOpen = Math.Max(MostOpen, _open.Count);
            }
        }
        if (full)
        {
            context.Response.Headers.RetryAfter = "0";
            await ProblemAsync(context, 429, "All slots are taken.");
        }
        else if (refused)
        {
            await ProblemAsync(context, 402, $"The task's budget of {LimitUsd} USD would be passed.");
        }
        else
        {
            context.Response.StatusCode = 201;
            await Json(context, reservation!, ApiJson.Default.BudgetReservation);
        }
    }

    private async Task SettleAsync(string id, HttpContext context)
    {
        var settlement = (await context.Request.ReadFromJsonAsync(ApiJson.Default.BudgetSettlement))!;
        if (SettlementRefusals.TryDequeue(out var status))
        {
            await ProblemAsync(context, status, "Refused on purpose.");
            return;
        }
        decimal cost;
        lock (_gate)
        {
            var usage = settlement.Usage;
            cost = settlement.CostUsd ?? usage.Input * InputUsd + usage.Output * OutputUsd + usage.CacheRead * CacheReadUsd + usage.CacheWrite * CacheWriteUsd;
            if (_open.Remove(id))
            {
                _settled[id] = settlement;
                SpentUsd += cost;
            }
            else if (_settled[id] != settlement)
            {
                SettledTwice++;
            }
        }
        await Json(context, new(cost, SpentUsd), ApiJson.Default.BudgetSettled);
    }

    private async Task SubmitAsync(HttpContext context)
    {
        var task = (await context.Request.ReadFromJsonAsync(ApiJson.Default.TaskSubmission))!;
        Children.Enqueue((task, context.Request.Headers["traceparent"].ToString()));
        if (Refusals.TryDequeue(out var status))
        {
            await ProblemAsync(context, status, "A child may not ask its parent.");
            return;
        }
        var id = _keys.GetOrAdd(task.IdempotencyKey!, $"child{Children.Count}");
        if (_children.ContainsKey(id))
        {
            await Json(context, Task(id), ApiJson.Default.TaskView);
            return;
        }
        var child = new TaskView
        {
            Id = id,
            Type = task.Type!,
            Priority = task.Priority,
            State = TaskState.Pending,
            Worker = task.Worker ?? "anga",
            Attempt = 1,
            MaxAttempts = 3,
            CreatedAt = DateTimeOffset.UtcNow,
            ParentId = task.ParentId,
        };
        _children[child.Id] = (child, 0);
        context.Response.StatusCode = 202;
        await Json(context, child, ApiJson.Default.TaskView);
    }

    private TaskView Task(string id)
    {
        var entry = _children.AddOrUpdate(id, _ => throw new KeyNotFoundException(id), (_, e) => (e.Child, e.Asked + 1));
        return ChildScript(entry.Child, entry.Asked);
    }

    private async Task AskAsync(string id, HttpContext context)
    {
        var request = (await context.Request.ReadFromJsonAsync(ApiJson.Default.QuestionRequest))!;
        var question = Questions.GetOrAdd($"q{Questions.Count}", key => new(
            key, id, TestVolume.Worker, request.Text, request.Choices, "open", DateTimeOffset.UtcNow, request.Deadline!.Value, null, null, null));
        context.Response.StatusCode = 201;
        await Json(context, question, ApiJson.Default.Question);
    }

    private static Task Json<T>(HttpContext context, T value, JsonTypeInfo<T> type) => context.Response.WriteAsJsonAsync(value, type);

    private static Task ProblemAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { title = "No.", detail }, options: null, contentType: "application/problem+json");
    }
}
