using System.Diagnostics;
using System.Text.Json;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>What the agent <c>anthropic</c> lets the model do: files, other workers, people.</summary>
public sealed class AnthropicToolsTests
{
    private const string Summary = """{"summary":{"text":"It says something."}}""";
    private static readonly string[] YesOrNo = ["yes", "no"];
    private static readonly object Document = new { text = "# Title\n\nIt says something, at length." };

    [Fact]
    public async Task Tools_read_under_the_allowed_roots_and_write_to_the_output_folder_and_nowhere_else()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["in.md"], "The secret ingredient is salt.");
        var results = new List<(string Text, bool IsError)>();
        var replies = new Queue<Reply>(
        [
            Reply.Use("read_file", new { path = folder["in.md"] }),
            Reply.Use("read_file", new { path = "/etc/hostname" }),
            Reply.Use("write_file", new { path = "notes/out.md", content = "salt" }),
            Reply.Use("write_file", new { path = "../escape.md", content = "no" }),
            Reply.Use("no_such_tool", new { }),
            Reply.Say("Written."),
        ]);
        await using var worker = await ClaudeWorker.StartAsync(
            asked =>
            {
                results.AddRange(asked.ToolResults);
                return replies.Dequeue();
            },
            null, ("Agents:AllowedRoots", folder.Path));

        var output = await worker.OutputAsync("t1", "review", new { prompt = "Look for the ingredient." });

        Assert.Equal(["The secret ingredient is salt.", "Written: notes/out.md"], results.Where(r => !r.IsError).Select(r => r.Text));
        Assert.Equal(["path_outside_roots", "path_outside_output", "unknown_tool"], results.Where(r => r.IsError).Select(r => r.Text.Split(':')[0]));
        Assert.Equal(("Written.", "notes/out.md"), (output.GetProperty("text").GetString(), output.GetProperty("files")[0].GetString()));
        Assert.Equal("salt", File.ReadAllText(Path.Combine(worker.Volume.Volume.OutputDir("t1"), "notes", "out.md")));
        Assert.False(File.Exists(Path.Combine(worker.Volume.Volume.OutputsDir, "escape.md")));
    }

    [Fact]
    public async Task Another_worker_is_asked_as_a_child_task_within_the_trace()
    {
        var results = new List<(string Text, bool IsError)>();
        await using var worker = await ClaudeWorker.StartAsync(asked =>
        {
            results.AddRange(asked.ToolResults);
            return asked.Number == 1 ? Reply.Use("ask_worker", new { type = "summarize", worker = "anga", payload = new { text = "x" } }) : Reply.Say(Summary);
        });
        worker.Purse.ChildScript = (child, asked) => asked < 2
            ? child with { State = TaskState.Active }
            : child with { State = TaskState.Completed, Output = JsonSerializer.SerializeToElement(new { answer = 42 }) };

        var trace = ActivityTraceId.CreateRandom().ToHexString();
        worker.Volume.Place(TestVolume.NewTask("t1", "summarize", Document, t => t with { TraceContext = new($"00-{trace}-00f067aa0ba902b7-01") }));
        Assert.Null((await worker.Volume.ResultAsync("t1")).Error);

        var (task, traceparent) = Assert.Single(worker.Purse.Children);
        Assert.Equal(("t1", "anga", "summarize"), (task.ParentId, task.Worker, task.Type));
        Assert.StartsWith("child-t1-", task.IdempotencyKey, StringComparison.Ordinal);
        Assert.Contains(trace, traceparent, StringComparison.Ordinal);
        Assert.Contains("\"answer\":42", Assert.Single(results).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_was_not_waited_for_is_found_by_asking_the_same_again()
    {
        var results = new List<string>();
        await using var worker = await ClaudeWorker.StartAsync(asked =>
        {
            results.AddRange(asked.ToolResults.Select(r => r.Text));
            return asked.Number > 2 ? Reply.Say(Summary) : Reply.Use("ask_worker", new { type = "summarize", payload = new { text = "x" }, wait = asked.Number == 2 });
        });
        worker.Purse.ChildScript = (child, asked) => asked < 2 ? child : child with { State = TaskState.Completed, Output = JsonSerializer.SerializeToElement(new { answer = 42 }) };

        await worker.OutputAsync("t1", "summarize", Document);

        Assert.Single(worker.Purse.Children.Select(c => c.Task.IdempotencyKey).Distinct());
        Assert.Equal("""{"task":"child1","worker":"anga","state":"pending"}""", results[0]);
        Assert.Contains("\"answer\":42", results[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_failed_in_an_earlier_attempt_gets_another_try_and_one_that_succeeded_is_found()
    {
        var results = new List<string>();
        await using var worker = await ClaudeWorker.StartAsync(asked =>
        {
            results.AddRange(asked.ToolResults.Select(r => r.Text));
            return asked.Messages.Count > 1 ? Reply.Say(Summary) : Reply.Use("ask_worker", new { type = "summarize", payload = new { text = "x" } });
        });
        worker.Purse.ChildScript = (child, _) => child with { State = child.Id == "child1" ? TaskState.Dead : TaskState.Completed, Output = JsonSerializer.SerializeToElement(child.Id) };
        await worker.OutputAsync("t1", "summarize", Document);
        foreach (var attempt in new[] { 2, 2 })
        {
            worker.Volume.Place(TestVolume.NewTask("t1", "summarize", Document, t => t with { Attempt = attempt }));
            var heard = results.Count;
            await TestVolume.Until(() => results.Count > heard, "the next attempt's answer");
        }

        Assert.Contains("is dead", results[0], StringComparison.Ordinal);
        Assert.All(results.Skip(1), r => Assert.Contains("\"output\":\"child3\"", r, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_orchestrator_that_is_started_anew_costs_a_task_that_waits_nothing()
    {
        ClaudeWorker? crew = null;
        var results = new List<(string Text, bool IsError)>();
        await using var worker = crew = await ClaudeWorker.StartAsync(asked =>
        {
            results.AddRange(asked.ToolResults);
            // Settlement, question and the wait for its answer: each finds it away at first.
            crew!.Purse.Outage = 3;
            return asked.Number switch
            {
                1 => Reply.Use("ask_person", new { question = "Shall I?" }),
                2 => Reply.Use("ask_worker", new { type = "summarize", payload = new { text = "x" } }),
                _ => Reply.Say(Summary),
            };
        });
        var polls = 0;
        worker.Purse.Answer = q =>
        {
            worker.Purse.Outage = ++polls == 1 ? 3 : 0;
            return polls < 3 ? q : q with { State = "answered", Answer = "yes", AnsweredBy = "ada" };
        };

        await worker.OutputAsync("t1", "summarize", Document);

        Assert.Equal([false, false], results.Select(r => r.IsError));
        Assert.Equal((3, 0), (worker.Purse.Settled.Count, worker.Purse.Open));
        Assert.Single(worker.Purse.Questions);
    }

    [Theory]
    [InlineData("dead", "child_failed: The task child1 of anga is dead")]
    [InlineData("refused", "worker_not_asked: A child may not ask its parent.")]
    public async Task A_child_that_fails_or_is_refused_is_for_the_model_to_hear(string how, string heard)
    {
        var results = new List<(string Text, bool IsError)>();
        await using var worker = await ClaudeWorker.StartAsync(asked =>
        {
            results.AddRange(asked.ToolResults);
            return asked.Number == 1 ? Reply.Use("ask_worker", new { type = "summarize", payload = new { text = "x" } }) : Reply.Say(Summary);
        });
        worker.Purse.ChildScript = (child, _) => child with { State = TaskState.Dead };
        if (how == "refused")
            worker.Api.Script = Refusing(worker, results);

        await worker.OutputAsync("t1", "summarize", Document);

        var (text, isError) = Assert.Single(results);
        Assert.True(isError);
        Assert.StartsWith(heard, text, StringComparison.Ordinal);
    }

    private static Func<AskedMessage, Reply> Refusing(ClaudeWorker worker, List<(string Text, bool IsError)> results) => asked =>
    {
        results.AddRange(asked.ToolResults);
        if (asked.Number > 1)
            return Reply.Say(Summary);
        worker.Purse.Refusals.Enqueue(409);
        return Reply.Use("ask_worker", new { type = "summarize", payload = new { text = "x" } });
    };

    [Theory]
    [InlineData("answered", "{\"answer\":\"yes\",\"by\":\"ada\"}")]
    [InlineData("expired", "not_answered: Nobody answered in time. Go on without, or say that it could not be done.")]
    public async Task A_person_is_asked_and_waited_for_until_the_deadline(string state, string heard)
    {
        var results = new List<(string Text, bool IsError)>();
        await using var worker = await ClaudeWorker.StartAsync(asked =>
        {
            results.AddRange(asked.ToolResults);
            return asked.Number == 1 ? Reply.Use("ask_person", new { question = "Shall I?", choices = YesOrNo, minutes = 5 }) : Reply.Say(Summary);
        });
        var polls = 0;
        worker.Purse.Answer = q => ++polls < 3 ? q : q with { State = state, Answer = state == "answered" ? "yes" : null, AnsweredBy = state == "answered" ? "ada" : null };

        await worker.OutputAsync("t1", "summarize", Document);

        var question = Assert.Single(worker.Purse.Questions.Values);
        Assert.Equal(("t1", "Shall I?"), (question.TaskId, question.Text));
        Assert.InRange(question.Deadline - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.Equal(heard, Assert.Single(results).Text);
    }
}
