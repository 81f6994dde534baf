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
    private const string Why = $"/tasks/{Parent}/why";

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
        foreach (var part in Parts.Where(part => part != Why))
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
        Happens("active");

        await UntilAsync(() => page.Markup.Contains("Cancel", StringComparison.Ordinal));
        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.Zero, TaskPace.Seldom / 2);
    }

    [Fact]
    public async Task How_far_a_task_has_come_is_asked_at_once_and_why_it_takes_so_long_is_not_asked_for_that()
    {
        Answers(View(Parent, null, TaskState.Active));
        _console.Render<TaskStoryPage>(parameters => parameters.Add(p => p.Id, Parent));
        await UntilAsync(() => Asked(Why) > 0);

        Happens("progress"); // again and again, since the stream ends after each
        var (began, task, why) = (_time.GetUtcNow(), Asked(Parts[0]), Asked(Why));
        await UntilAsync(() => Asked(Parts[0]) >= task + 20);
        var times = (_time.GetUtcNow() - began) / TaskPace.Explained;
        Assert.InRange(Asked(Why) - why, 0, times + 1);

        Happens("retrying");
        (began, why) = (_time.GetUtcNow(), Asked(Why));
        await UntilAsync(() => Asked(Why) >= why + 3);
        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.Zero, TaskPace.Explained);
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

    [Fact]
    public void Why_a_task_at_work_takes_so_long_is_asked_less_often_than_how_far_it_is_unless_it_is_awaited()
    {
        var now = DateTimeOffset.UnixEpoch.AddHours(1);
        TaskView Task(TaskState state) => JsonSerializer.Deserialize(View(Parent, null, state), ApiJson.Default.TaskView)!;

        Assert.Equal(TaskPace.Explained, TaskPace.OfWhy(Task(TaskState.Active), now, isAwaited: false));
        Assert.Equal(TaskPace.Often, TaskPace.OfWhy(Task(TaskState.Active), now, isAwaited: true));
        Assert.Equal(TaskPace.Seldom, TaskPace.OfWhy(Task(TaskState.Completed), now, isAwaited: false));
    }

    private static IReadOnlyList<string> Parts { get; } = [$"/tasks/{Parent}", Why, $"/tasks?parent={Parent}", $"/questions?task_id={Parent}"];

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

    private void Happens(string name)
    {
        var happened = new TaskEvent(7, Parent, name, "marie", 2, _time.GetUtcNow(), null, null, null);
        _console.Backends.Answer(Backend.Orchestrator, "/events", $"data: {JsonSerializer.Serialize(happened, ApiJson.Default.TaskEvent)}\n\n");
    }

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
