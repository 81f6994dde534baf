using System.Net;
using System.Net.Http.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Orchestrator.Why;

/// <summary><c>GET /tasks/{id}/why</c>, with Jaeger and Loki over HTTP.</summary>
public sealed class WhyEndpointTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private FakeBackends _backends = null!;

    public async Task InitializeAsync() => _backends = await FakeBackends.StartAsync();

    public async Task DisposeAsync() => await _backends.DisposeAsync();

    [Fact]
    public async Task A_task_is_explained_by_journal_trace_and_log()
    {
        using var app = App(_time);
        var task = await app.ClaimAsync(await app.SubmitAsync());
        await app.ReachesAsync(task.Id, TaskState.Active);
        var (begin, trace) = (_time.GetUtcNow(), task.TraceContext.TraceId!);
        _time.Advance(TimeSpan.FromSeconds(10));
        AddAttempt(app, task, trace, begin, agent: 10);
        Add(new(trace, "c1", "a1", "chat claude", task.Worker, begin.AddSeconds(2), TimeSpan.FromSeconds(6), []));
        Log(trace, "warn", begin.AddSeconds(3), "The model is slow.");
        Log(trace, "info", begin.AddSeconds(3), "All is well.");
        app.Publish(task);
        await app.ReachesAsync(task.Id, TaskState.Completed);

        var why = await ExplainAsync(app, task.Id);

        ExplanationTests.AssertSum(why);
        Assert.Equal(6, ExplanationTests.Seconds(why, TimePart.Model), 0.01);
        Assert.Equal(4, ExplanationTests.Seconds(why, TimePart.Agent), 0.01);
        var logged = Assert.Single(why.Failures);
        Assert.Equal((FailureSource.Log, "The model is slow.", "warn"), (logged.Source, logged.Message, logged.Type));
        Assert.All(why.Sources, s => Assert.Equal(EvidenceStatus.Used, s.Status));
        Assert.EndsWith("of it in the model", why.Headline, StringComparison.Ordinal);
        Assert.All(_backends.Keys, key => Assert.Equal("secret", key));
    }

    [Fact]
    public async Task The_trace_of_a_retry_is_found_by_the_task()
    {
        using var app = App(_time);
        var first = await app.ClaimAsync(await app.SubmitAsync());
        await app.ReachesAsync(first.Id, TaskState.Active);
        AddAttempt(app, first, first.TraceContext.TraceId!, _time.GetUtcNow(), agent: 3, error: "broken");
        _time.Advance(TimeSpan.FromSeconds(3));
        app.Publish(first, new("broken", "It broke."));
        // Due retries are looked for at the next tick, which may have come already.
        await OrchestratorApp.UntilAsync(async () => (await app.ShowAsync(first.Id)).State is TaskState.Retrying or TaskState.Ready, () => "the retry");
        _time.Advance(TimeSpan.FromMilliseconds(100));
        var second = await app.ClaimAsync(await app.ShowAsync(first.Id), attempt: 2);
        await app.ReachesAsync(first.Id, TaskState.Active);
        const string Retry = "00000000000000000000000000000abc";
        AddAttempt(app, second, Retry, _time.GetUtcNow(), agent: 2);
        _time.Advance(TimeSpan.FromSeconds(2));
        app.Publish(second);
        await app.ReachesAsync(first.Id, TaskState.Completed);

        var why = await ExplainAsync(app, first.Id);

        ExplanationTests.AssertSum(why);
        Assert.Equal([first.TraceContext.TraceId!, Retry], why.TraceIds);
        Assert.Equal(3, ExplanationTests.Seconds(why, TimePart.Retries), 0.5);
        Assert.Equal(2, ExplanationTests.Seconds(why, TimePart.Agent), 0.01);
        Assert.Equal([FailureSource.Attempt, FailureSource.Span], why.Failures.Select(f => f.Source).Order());
        Assert.All(why.Failures, f => Assert.Equal((1, "broken"), (f.Attempt, f.Type)));
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("broken")]
    [InlineData("garbage")]
    [InlineData("other")]
    [InlineData("cut")]
    public async Task A_backend_that_is_not_well_makes_the_answer_poorer_and_never_fails(string how)
    {
        _backends.Instead = how switch
        {
            "silent" => context => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted),
            "broken" => context => Answer(context, 500, "oops"),
            "garbage" => context => Answer(context, 200, "<html>hello</html>"),
            "other" => context => Answer(context, 200, """{"data":[{"spans":[{"startTime":999999999999999999,"traceID":"a","spanID":"b"}]}],"status":7}"""),
            _ => Abort,
        };
        using var app = App(time: null);
        var task = await CompletedAsync(app);

        var why = await ExplainAsync(app, task.Id);

        ExplanationTests.AssertSum(why);
        Assert.Equal(EvidenceStatus.Unavailable, why.Sources.Single(s => s.Name == "traces").Status);
        Assert.NotEqual(EvidenceStatus.Used, why.Sources.Single(s => s.Name == "logs").Status);
        Assert.Contains(why.Notes, n => n.StartsWith("Without its trace", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_backend_that_is_not_there_is_said_to_be_so()
    {
        using var app = new OrchestratorApp(settings: [("JAEGER_URL", "http://127.0.0.1:1"), ("LOKI_URL", "")]);
        var why = await ExplainAsync(app, (await CompletedAsync(app)).Id);
        Assert.Equal([EvidenceStatus.Used, EvidenceStatus.Unavailable, EvidenceStatus.Off], why.Sources.Select(s => s.Status));
    }

    [Fact]
    public async Task An_unknown_task_and_a_wrong_name_are_told_apart()
    {
        using var app = new OrchestratorApp();
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/tasks/T404/why")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Http.GetAsync("/tasks/a%20b/why")).StatusCode);
        Assert.Contains("/tasks/{id}/why", await app.Http.GetStringAsync("/openapi/v1.json"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JAEGER_URL", "localhost:16686")]
    [InlineData("LOKI_URL", "not an address")]
    [InlineData("Orchestrator:Why:Patience", "00:02:00")]
    public void A_setting_that_makes_no_sense_ends_the_start(string name, string value)
    {
        using var app = new OrchestratorApp(settings: [(name, value)]);
        Assert.Contains(name.Split(':')[^1], Assert.ThrowsAny<Exception>(() => app.Http).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Others_of_the_worker_are_seen()
    {
        using var app = App(_time);
        var busy = await app.ClaimAsync(await app.SubmitAsync("\"worker\":\"marie\""));
        await app.ReachesAsync(busy.Id, TaskState.Active);
        var waiting = await app.SubmitAsync("\"worker\":\"marie\"");
        await app.ReachesAsync(waiting.Id, TaskState.Ready);
        _time.Advance(TimeSpan.FromSeconds(10));

        var why = await ExplainAsync(app, waiting.Id);

        ExplanationTests.AssertSum(why);
        Assert.Equal([busy.Id], why.Coincided.Single(c => c.Kind == "running").Tasks);
        Assert.Equal(1, why.Coincided.Single(c => c.Kind == "queued").Count);
        Assert.Equal(10, ExplanationTests.Seconds(why, TimePart.Slot), 0.5);
    }

    private OrchestratorApp App(TimeProvider? time) => new(time, settings:
        [("JAEGER_URL", _backends.Url), ("LOKI_URL", _backends.Url), ("Orchestrator:Why:Patience", "00:00:01")]);

    private static async Task<TaskView> CompletedAsync(OrchestratorApp app)
    {
        var task = await app.ClaimAsync(await app.SubmitAsync());
        app.Publish(task);
        return await app.ReachesAsync(task.Id, TaskState.Completed);
    }

    private static async Task<TaskExplanation> ExplainAsync(OrchestratorApp app, string id) =>
        (await app.Http.GetFromJsonAsync($"/tasks/{id}/why", ApiJson.Default.TaskExplanation))!;

    private void AddAttempt(OrchestratorApp app, AgentTask task, string trace, DateTimeOffset begin, double agent, string? error = null)
    {
        var duration = TimeSpan.FromSeconds(agent);
        Dictionary<string, object> tags = new() { [TelemetryNames.Attributes.TaskId] = task.Id, [TelemetryNames.Attributes.TaskAttempt] = task.Attempt };
        var failed = error is null ? tags : new(tags) { ["error"] = true, [TelemetryNames.Attributes.ErrorType] = error };
        Add(new(trace, "b1", null, $"process {task.Worker}", task.Worker, begin, duration, failed));
        Add(new(trace, "a1", "b1", $"invoke_agent {task.Worker}", task.Worker, begin, duration, []));
        Add(new(trace, "e1", "b1", $"settle {task.Worker}", app.Get<ServiceIdentity>().Name, begin + duration, TimeSpan.FromMilliseconds(1), tags));
    }

    private void Add(FakeSpan span) => _backends.Add(span);

    private void Log(string trace, string level, DateTimeOffset at, string text) =>
        _backends.Add(new FakeLine(at, text, new() { ["trace_id"] = trace, ["detected_level"] = level, ["service_name"] = "marie", ["attempt"] = "1" }));

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static Task Answer(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }
}
