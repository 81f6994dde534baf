using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Formatting;
using AgentSystem.WebConsole.Tasks;

namespace AgentSystem.Tests.WebConsole.Tasks;

public sealed class TaskStoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 19, 0, 0, TimeSpan.Zero);

    [Fact]
    public void All_sources_are_on_one_timeline()
    {
        var story = TaskStory.Of(
            View(TaskState.Completed, finishedAfter: 10),
            [Event(1, "pending", 0), Event(2, "active", 2), Event(3, "completed", 10)],
            [new("t", [Span("a", null, "create marie", 0, 1), Span("b", "a", "process marie", 2, 7)])],
            [new(Start.AddSeconds(3), "working", new Dictionary<string, string> { ["detected_level"] = "warn", ["service_name"] = "marie" })],
            Start.AddSeconds(60));

        Assert.Equal(["pending", "create marie", "active", "process marie", "working", "completed"], story.Entries.Select(entry => entry.What));
        Assert.Equal(Tone.Warning, story.Entries[4].Tone);
        Assert.Equal([("Attempt 1", 0, Tone.Good), ("create marie", 1, Tone.Busy), ("process marie", 2, Tone.Busy)], story.Bars.Select(bar => (bar.Name, bar.Depth, bar.Tone)));
        Assert.Equal((20, 100), (story.Percent(Start.AddSeconds(2)), story.Percent(Start.AddSeconds(10))));
    }

    [Fact]
    public void Each_attempt_has_its_stretch_and_the_last_one_goes_on()
    {
        var story = TaskStory.Of(
            View(TaskState.Active, finishedAfter: null),
            [Event(1, "active", 1), Event(2, "retrying", 3, attempt: 2), Event(3, "started", 2), Event(4, "active", 5, attempt: 2), Event(5, "started", 4.5, attempt: 2)],
            [], [], Start.AddSeconds(8));

        Assert.Equal(
            [("Attempt 1", 1.0, 3.0, Tone.Bad), ("Attempt 2", 4.5, 8.0, Tone.Busy)],
            story.Bars.Select(bar => (bar.Name, (bar.From - Start).TotalSeconds, (bar.To - Start).TotalSeconds, bar.Tone)));
    }

    [Fact]
    public void Spans_of_other_tasks_in_the_same_trace_are_left_out()
    {
        var story = TaskStory.Of(
            View(TaskState.Completed, 10), [],
            [new("t", [Span("a", null, "POST /tasks", 0, 1), Span("b", "a", "create marie", 0, 1), Span("c", "a", "create anga", 0, 1, task: "other"), Span("d", "c", "process anga", 1, 2)])],
            [], Start);

        Assert.Equal(["POST /tasks", "create marie"], story.Entries.Select(entry => entry.What));
    }

    [Fact]
    public void Parents_that_lead_in_a_circle_are_no_way_to_a_task()
    {
        var story = TaskStory.Of(
            View(TaskState.Completed, 10), [],
            [new("t", [Span("a", "b", "one", 0, 1), Span("b", "a", "other", 0, 1), Span("c", "c", "itself", 0, 1), Span("d", "a", "below", 1, 1, task: "other")])],
            [], Start);

        Assert.Equal(["one", "other", "itself"], story.Entries.Select(entry => entry.What));
    }

    [Fact]
    public void Of_many_spans_the_newest_are_shown_and_all_are_counted()
    {
        var spans = Enumerable.Range(0, 100).Select(i => Span($"s{i}", i == 0 ? null : "s0", $"span {i}", i, 1)).ToList();

        var story = TaskStory.Of(View(TaskState.Completed, 10), [], [new("t", spans)], [], Start);

        Assert.Equal(100, story.Spans);
        Assert.Equal(Enumerable.Range(40, 60).Select(i => $"span {i}"), story.Entries.Select(entry => entry.What));
        Assert.Equal(60, story.Bars.Count);
    }

    [Fact]
    public void A_task_of_which_nothing_is_known_has_an_empty_story()
    {
        var story = TaskStory.Of(View(TaskState.Pending, null), [], [], [], Start);

        Assert.Empty(story.Entries);
        Assert.True(story.To > story.From);
    }

    [Fact]
    public void Tokens_are_those_of_the_calls_and_not_of_the_agent_that_repeats_them()
    {
        var use = ModelUse.Of([Call("invoke_agent", 300, 30), Call("chat", 100, 10), Call("chat", 200, 20)]);

        Assert.Equal((2, 300, 30, null), (use.Calls, use.InputTokens, use.OutputTokens, use.Dollars));
        Assert.Equal(["claude"], use.Models);
    }

    private static Span Call(string operation, int input, int output) => Span("s", null, operation, 0, 1) with
    {
        Tags = new Dictionary<string, string>
        {
            ["gen_ai.operation.name"] = operation,
            ["gen_ai.request.model"] = "claude",
            ["gen_ai.usage.input_tokens"] = $"{input}",
            ["gen_ai.usage.output_tokens"] = $"{output}",
        },
    };

    private static Span Span(string id, string? parent, string name, double from, double seconds, string? task = null) => new()
    {
        TraceId = "t",
        SpanId = id,
        ParentId = parent,
        Name = name,
        Service = "marie",
        Start = Start.AddSeconds(from),
        Duration = TimeSpan.FromSeconds(seconds),
        Tags = task is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [TelemetryNames.Attributes.TaskId] = task },
    };

    private static TaskEvent Event(long seq, string name, double after, int attempt = 1) => new(seq, "x", name, "marie", attempt, Start.AddSeconds(after), null, null, null);

    private static TaskView View(TaskState state, double? finishedAfter) => new()
    {
        Id = "x",
        Type = "t",
        Priority = TaskPriority.Normal,
        State = state,
        Worker = "marie",
        Attempt = 1,
        MaxAttempts = 3,
        CreatedAt = Start,
        FinishedAt = finishedAfter is { } seconds ? Start.AddSeconds(seconds) : null,
    };
}
