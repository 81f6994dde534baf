using System.Net;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Tasks;
using Bunit;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.WebConsole.Tasks;

public sealed class TaskStoryPageTests : IDisposable
{
    private const string Parent = "01M86V02AKXZNR056XN3Z899RF", Child = "01M86V02AKXZNR056XN3Z899RG", Trace = "0af7651916cd43dd8448eb211c80319c";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddHours(1));
    private readonly ConsoleComponents _console;

    public TaskStoryPageTests() => _console = new(time: _time);

    public void Dispose() => _console.Dispose();

    [Fact]
    public void Who_goes_from_one_task_to_another_sees_nothing_of_the_first()
    {
        _console.Backends.Answer(Backend.Orchestrator, $"/tasks/{Parent}", View(Parent, Trace));
        _console.Backends.Answer(Backend.Orchestrator, $"/tasks/{Child}", View(Child, null));
        foreach (var id in (string[])[Parent, Child])
            _console.Backends.Answer(Backend.Orchestrator, $"/tasks/{id}/why", """{"title":"It is not known."}""", HttpStatusCode.Conflict);
        _console.Backends.Answer(Backend.Jaeger, $"/api/traces/{Trace}", """
            {"data":[{"traceID":"TRACE","processes":{"p1":{"serviceName":"marie","tags":[]}},"spans":[
            {"traceID":"TRACE","spanID":"0000000000000001","operationName":"chat claude","references":[],"startTime":1,"duration":1,"processID":"p1","logs":[],
             "tags":[{"key":"gen_ai.operation.name","type":"string","value":"chat"},{"key":"gen_ai.usage.input_tokens","type":"int64","value":321}]}]}]}
            """.Replace("TRACE", Trace, StringComparison.Ordinal));
        _console.Backends.Answer(Backend.Loki, "/loki/api/v1/query_range", """
            {"status":"success","data":{"resultType":"streams","result":[{"stream":{"service_name":"marie"},"values":[["1000000","a line of the parent"]]}]}}
            """);
        var page = _console.Render<TaskStoryPage>(parameters => parameters.Add(p => p.Id, Parent));
        page.WaitForAssertion(() => Assert.All((string[])["321 in", "a line of the parent", "chat claude"], text => Assert.Contains(text, page.Markup, StringComparison.Ordinal)), Patience);

        page.Render(parameters => parameters.Add(p => p.Id, Child));

        page.WaitForAssertion(() => Assert.Contains("none called", page.Markup, StringComparison.Ordinal), Patience);
        Assert.All((string[])["321 in", "a line of the parent", "chat claude"], text => Assert.DoesNotContain(text, page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_task_that_is_over_is_asked_for_seldom_and_so_are_its_parts()
    {
        Answers(View(Parent, null));
        var page = _console.Render<TaskStoryPage>(parameters => parameters.Add(p => p.Id, Parent));
        page.WaitForAssertion(() => Assert.All(Parts, part => Assert.NotEqual(0, Asked(part))), Patience);

        foreach (var part in Parts)
        {
            var (began, before) = (_time.GetUtcNow(), Asked(part));
            await UntilAsync(() => Asked(part) >= before + 3, step: 1);
            // The first of them may have been due already.
            Assert.True(_time.GetUtcNow() - began >= TaskPace.Seldom * 2 - TimeSpan.FromSeconds(1), $"{part}: {_time.GetUtcNow() - began}");
        }
    }

    [Fact]
    public async Task A_task_at_work_is_asked_for_often_and_so_is_one_whose_backend_is_away()
    {
        Answers(View(Parent, null, TaskState.Active));
        var page = _console.Render<TaskStoryPage>(parameters => parameters.Add(p => p.Id, Parent));
        page.WaitForAssertion(() => Assert.All(Parts, part => Assert.NotEqual(0, Asked(part))), Patience);
        foreach (var part in Parts)
            await AssertOftenAsync(part);

        Answers(View(Parent, null), HttpStatusCode.ServiceUnavailable);
        await UntilAsync(() => page.Markup.Contains("does not answer", StringComparison.Ordinal));
        await AssertOftenAsync(Parts[0]);
    }

    [Fact]
    public async Task What_happens_to_a_task_that_is_over_is_shown_at_once()
    {
        Answers(View(Parent, null));
        var page = _console.Render<TaskStoryPage>(parameters => parameters.Add(p => p.Id, Parent));
        page.WaitForAssertion(() => Assert.Contains("Replay", page.Markup, StringComparison.Ordinal), Patience);
        await UntilAsync(() => Asked(Parts[0]) >= 2);

        Answers(View(Parent, null, TaskState.Active));
        var began = _time.GetUtcNow();
        var happened = new TaskEvent(7, Parent, "active", "marie", 2, _time.GetUtcNow(), null, null, null);
        _console.Backends.Answer(Backend.Orchestrator, "/events", $"data: {JsonSerializer.Serialize(happened, ApiJson.Default.TaskEvent)}\n\n");

        await UntilAsync(() => page.Markup.Contains("Cancel", StringComparison.Ordinal));
        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.Zero, TaskPace.Seldom / 2);
    }

    [Fact]
    public void Of_a_task_that_is_over_what_is_awaited_is_asked_for_often_and_what_comes_late_for_a_while()
    {
        var now = DateTimeOffset.UnixEpoch.AddHours(1);
        var task = JsonSerializer.Deserialize(View(Parent, null), ApiJson.Default.TaskView)!;

        Assert.Equal(TaskPace.Seldom, TaskPace.Of(task, now));
        Assert.Equal(TaskPace.Often, TaskPace.Of(task, now, isAwaited: true));
        Assert.Equal(TaskPace.Often, TaskPace.Of(task, task.FinishedAt!.Value.AddSeconds(30)));
        Assert.Equal(TaskPace.Often, TaskPace.Of(null, now));
    }

    private static IReadOnlyList<string> Parts { get; } = [$"/tasks/{Parent}", $"/tasks/{Parent}/why", $"/tasks?parent={Parent}", $"/questions?task_id={Parent}"];

    private int Asked(string part) => _console.Backends.Requests.Count(request => request == part);

    private async Task AssertOftenAsync(string part)
    {
        var (began, before) = (_time.GetUtcNow(), Asked(part));
        await UntilAsync(() => Asked(part) > before);
        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.Zero, TaskPace.Seldom / 2);
    }

    // Where it must not take long, the clock must not run away from what others do on a busy machine.
    private Task UntilAsync(Func<bool> condition, double step = 0.05) => Eventually.True(() =>
    {
        if (condition())
            return true;
        _time.Advance(TimeSpan.FromSeconds(step));
        return false;
    });

    private void Answers(string view, HttpStatusCode status = HttpStatusCode.OK)
    {
        _console.Backends.Answer(Backend.Orchestrator, $"/tasks/{Parent}", view, status);
        _console.Backends.Answer(Backend.Orchestrator, $"/tasks/{Parent}/why", """{"title":"It is not known."}""", status == HttpStatusCode.OK ? HttpStatusCode.Conflict : status);
        _console.Backends.Answer(Backend.Orchestrator, "/tasks", """{"tasks":[],"next":null}""", status);
        _console.Backends.Answer(Backend.Orchestrator, "/questions", """{"questions":[]}""", status);
    }

    private static string View(string id, string? trace, TaskState state = TaskState.Completed) => JsonSerializer.Serialize(
        new TaskView
        {
            Id = id,
            Type = "summarize",
            Priority = TaskPriority.Normal,
            State = state,
            Worker = "marie",
            Attempt = 1,
            MaxAttempts = 3,
            CreatedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = state == TaskState.Active ? null : DateTimeOffset.UnixEpoch.AddMinutes(1),
            CorrelationId = trace,
        }, ApiJson.Default.TaskView);
}
