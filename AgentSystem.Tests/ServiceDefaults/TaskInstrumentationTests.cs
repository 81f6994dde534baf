using System.Diagnostics;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Instrumentation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry;
using Serilog.Events;

namespace AgentSystem.Tests.ServiceDefaults;

public sealed partial class TaskInstrumentationTests
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c", SpanId = "b7ad6b7169203331";

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_completed_attempt_is_a_span_of_the_tasks_trace_and_a_duration_that_leads_back_to_it()
    {
        await using var service = await StartAsync();
        Activity span;
        using (var scope = service.Get<TaskInstrumentation>().Start(NewTask("anna")))
        {
            span = Assert.IsType<Activity>(scope.Activity);
            Assert.Contains("active_tasks{worker=\"anna\"} 1.0\n", await ScrapeAsync(service), StringComparison.Ordinal);
            _time.Advance(TimeSpan.FromSeconds(30));
            scope.Complete();
        }
        var text = await ScrapeAsync(service);

        Assert.Equal("process anna", span.DisplayName);
        Assert.Equal(TraceId, span.TraceId.ToHexString());
        Assert.Equal(SpanId, span.ParentSpanId.ToHexString());
        Assert.NotEqual(ActivityStatusCode.Error, span.Status);
        Assert.Contains(span, service.Recorder.Spans.Ended);
        Assert.Contains("active_tasks{worker=\"anna\"} 0.0\n", text, StringComparison.Ordinal);
        Assert.Contains("task_processing_duration_seconds_sum{worker=\"anna\",task_type=\"summarize\"} 30.0\n", text, StringComparison.Ordinal);
        Assert.Contains("_bucket{worker=\"anna\",task_type=\"summarize\",le=\"20.0\"} 0\n", text, StringComparison.Ordinal);
        Assert.Matches($"_bucket{{worker=\"anna\",task_type=\"summarize\",le=\"30.0\"}} 1 # {{trace_id=\"{TraceId}\",span_id=\"{span.SpanId}\"}} 30", text);
        Assert.Contains("le=\"1800.0\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_expected_is_at_zero_before_it_comes()
    {
        await using var service = await StartAsync();
        service.Get<TaskInstrumentation>().Expect("dora", "summarize");

        Assert.Contains("task_processing_duration_seconds_count{worker=\"dora\",task_type=\"summarize\"} 0\n", await ScrapeAsync(service), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_attempt_says_why_on_its_span()
    {
        await using var service = await StartAsync();
        using var scope = service.Get<TaskInstrumentation>().Start(NewTask("bert"));
        scope.Fail("file_not_found", "notes.md is not there; check payload.path");
        scope.Dispose();

        Assert.Equal(ActivityStatusCode.Error, scope.Activity!.Status);
        Assert.Equal("notes.md is not there; check payload.path", scope.Activity.StatusDescription);
        Assert.Equal("file_not_found", scope.Activity.GetTagItem("error.type"));
        Assert.Contains("_count{worker=\"bert\",task_type=\"summarize\"} 1\n", await ScrapeAsync(service), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_about_which_nothing_was_said_was_abandoned()
    {
        await using var service = await StartAsync();
        var scope = service.Get<TaskInstrumentation>().Start(NewTask("carl"));
        scope.Dispose();
        scope.Dispose();

        Assert.Equal("abandoned", scope.Activity!.GetTagItem("error.type"));
        var text = await ScrapeAsync(service);
        Assert.Contains("active_tasks{worker=\"carl\"} 0.0\n", text, StringComparison.Ordinal);
        Assert.Contains("_count{worker=\"carl\",task_type=\"summarize\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_released_attempt_is_neither_a_failure_nor_a_duration()
    {
        await using var service = await StartAsync();
        using (var scope = service.Get<TaskInstrumentation>().Start(NewTask("dora")))
        {
            scope.Release();
            scope.Dispose();
            Assert.NotEqual(ActivityStatusCode.Error, scope.Activity!.Status);
        }
        var text = await ScrapeAsync(service);
        Assert.Contains("active_tasks{worker=\"dora\"} 0.0\n", text, StringComparison.Ordinal);
        Assert.Contains("_count{worker=\"dora\",task_type=\"summarize\"} 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_line_within_an_attempt_carries_the_tasks_ids_and_no_line_after_it()
    {
        await using var service = await StartAsync();
        var logger = service.Get<ILogger<TaskInstrumentationTests>>();
        var retry = NewTask("emil") with { Attempt = 2 };
        using (var scope = service.Get<TaskInstrumentation>().Start(retry))
        {
            await Task.Yield();
            LogWord(logger, "within");
            scope.Complete();
        }
        LogWord(logger, "after");

        var within = Line(service, "within");
        Assert.Equal(retry.Id, Value(within, "task_id"));
        Assert.Equal("summarize", Value(within, "task_type"));
        Assert.Equal("emil", Value(within, "worker"));
        Assert.Equal(2, Value(within, "attempt"));
        // A retry has a trace of its own; what correlates is the trace that the task began with.
        Assert.Equal(TraceId, Value(within, "correlation_id"));
        Assert.NotEqual(TraceId, within.TraceId?.ToHexString());
        Assert.DoesNotContain("task_id", Line(service, "after").Properties.Keys);
    }

    [Fact]
    public async Task A_retry_is_a_trace_of_its_own_that_links_to_where_it_came_from()
    {
        await using var service = await StartAsync();
        var previous = $"00-{TraceId}-00f067aa0ba902b7-01";
        using var scope = service.Get<TaskInstrumentation>().Start(NewTask("fritz") with { Attempt = 2, PreviousAttempt = previous });
        scope.Complete();

        Assert.NotEqual(TraceId, scope.Activity!.TraceId.ToHexString());
        Assert.Null(scope.Activity.ParentId);
        Assert.Equal([SpanId, "00f067aa0ba902b7"], scope.Activity.Links.Select(l => l.Context.SpanId.ToHexString()));
    }

    [Fact]
    public async Task The_callers_span_and_baggage_are_back_when_an_attempt_is_over()
    {
        await using var service = await StartAsync();
        using var outer = new Activity("outer").Start();
        Baggage.SetBaggage("tenant", "outer");
        foreach (var attempt in new[] { 1, 2 })
        {
            using (var scope = service.Get<TaskInstrumentation>().Start(NewTask("gerd") with { Attempt = attempt }))
            {
                Assert.Equal("acme", Baggage.GetBaggage("tenant"));
                Assert.Same(scope.Activity, Activity.Current);
                scope.Complete();
            }
            Assert.Same(outer, Activity.Current);
            Assert.Equal("outer", Baggage.GetBaggage("tenant"));
        }
    }

    [Fact]
    public async Task A_worker_that_is_gone_takes_its_series_with_it()
    {
        await using var service = await StartAsync();
        var tasks = service.Get<TaskInstrumentation>();
        foreach (var worker in new[] { "hugo", "ida" })
        {
            using var scope = tasks.Start(NewTask(worker));
            scope.Complete();
        }
        tasks.Forget("hugo");
        var text = await ScrapeAsync(service);
        Assert.DoesNotContain("hugo", text, StringComparison.Ordinal);
        Assert.Contains("active_tasks{worker=\"ida\"} 0.0\n", text, StringComparison.Ordinal);

        tasks.Dispose();
        Assert.DoesNotContain("ida", await ScrapeAsync(service), StringComparison.Ordinal);
    }

    private Task<TestService> StartAsync() => TestService.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(_time));

    private static AgentTask NewTask(string worker) => new()
    {
        Id = TaskId.New(DateTimeOffset.UnixEpoch),
        Type = "summarize",
        Worker = worker,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Payload = JsonDocument.Parse("{}").RootElement,
        TraceContext = new($"00-{TraceId}-{SpanId}-01", "", "tenant=acme"),
    };

    private static async Task<string> ScrapeAsync(TestService service)
    {
        using var response = await service.SendAsync("/metrics", headers: ("Accept", OpenMetrics));
        return await response.Content.ReadAsStringAsync();
    }

    private static LogEvent Line(TestService service, string word) =>
        service.Recorder.Lines.Single(l => l.Properties.TryGetValue("Word", out var value) && value is ScalarValue { Value: string text } && text == word);

    private static object? Value(LogEvent line, string property) => Assert.IsType<ScalarValue>(line.Properties[property]).Value;

    [LoggerMessage(Level = LogLevel.Information, Message = "The word is {Word}")]
    private static partial void LogWord(ILogger logger, string word);
}
