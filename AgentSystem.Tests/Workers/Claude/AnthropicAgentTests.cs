using System.Diagnostics;
using System.Text.Json;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>The agent <c>anthropic</c> in a whole worker, against a local Messages API and a purse.</summary>
public sealed class AnthropicAgentTests
{
    private const string Summary = """{"summary":{"text":"It says something."}}""";
    private static readonly string[] YesOrNo = ["yes", "no"];
    private static readonly object Document = new { text = "# Title\n\nIt says something, at length." };

    [Fact]
    public async Task A_document_becomes_a_result_that_says_who_did_it_and_what_it_took()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say(Summary) with { CacheRead = 40 });
        var output = await worker.OutputAsync("t1", "summarize", Document);

        Assert.Equal("It says something.", output.GetProperty("summary").GetProperty("text").GetString());
        var agent = output.GetProperty("_agent");
        Assert.Equal(("anthropic", MessagesServer.Model, 1), (agent.GetProperty("name").GetString(), agent.GetProperty("model").GetString(), agent.GetProperty("calls").GetInt32()));
        Assert.Equal(worker.Api.Usage, new TokenUsage(
            agent.GetProperty("input_tokens").GetInt64(), agent.GetProperty("output_tokens").GetInt64(), agent.GetProperty("cache_read_tokens").GetInt64()));
        Assert.Equal(worker.Api.CostUsd, agent.GetProperty("cost_usd").GetDecimal());
        Assert.Equal((worker.Api.CostUsd, 0), (worker.Purse.SpentUsd, worker.Purse.Open));
    }

    [Fact]
    public async Task The_question_has_the_persona_and_the_tools_to_be_cached_and_the_document_as_material()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say(Summary));
        await worker.OutputAsync("t1", "summarize", Document);

        var asked = Assert.Single(worker.Api.Asked);
        var system = asked.Body["system"]!.AsArray().Single()!;
        Assert.Contains("You are Marie", (string?)system["text"], StringComparison.Ordinal);
        Assert.Equal("ephemeral", (string?)system["cache_control"]!["type"]);
        var tools = asked.Body["tools"]!.AsArray();
        Assert.Equal(["read_file", "write_file", "ask_worker", "ask_person"], tools.Select(t => (string?)t!["name"]));
        Assert.Equal("ephemeral", (string?)tools[^1]!["cache_control"]!["type"]);
        Assert.True((bool?)asked.Body["stream"]);
        Assert.DoesNotContain("cache_control", asked.Messages.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("<document>\n# Title", asked.Last, StringComparison.Ordinal);
        Assert.Contains(ClaudeWorker.Key, string.Join(' ', asked.Headers.Values), StringComparison.Ordinal);
    }

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

    [Fact]
    public async Task What_was_said_is_read_from_the_cache_once_a_tool_was_used()
    {
        await using var worker = await ClaudeWorker.StartAsync(asked => asked.Number <= 2 ? Reply.Use("no_such_tool", new { }) : Reply.Say(Summary));
        await worker.OutputAsync("t1", "summarize", Document);

        Assert.Equal([0, 1, 1], worker.Api.Asked.Select(a => a.Messages.ToJsonString().Split("cache_control").Length - 1));
        Assert.All(worker.Api.Asked.Skip(1), a => Assert.Equal("ephemeral", (string?)a.Messages[^1]!["content"]!.AsArray()[^1]!["cache_control"]!["type"]));
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

    [Theory]
    [InlineData("No JSON at all.", "It is not JSON")]
    [InlineData("""{"summary":{"text":""}}""", "/summary/text")]
    public async Task An_answer_that_does_not_satisfy_the_schema_goes_back_once_with_what_is_wrong(string bad, string problem)
    {
        await using var worker = await ClaudeWorker.StartAsync(asked => Reply.Say(asked.Number == 1 ? bad : $"```json\n{Summary}\n```"));
        var output = await worker.OutputAsync("t1", "summarize", Document);

        Assert.Equal("It says something.", output.GetProperty("summary").GetProperty("text").GetString());
        Assert.Contains(problem, worker.Api.Asked.Last().Last, StringComparison.Ordinal);
        Assert.Equal(worker.Api.CostUsd, worker.Purse.SpentUsd);
    }

    [Fact]
    public async Task An_answer_that_is_wrong_again_fails_the_attempt()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say("No."));
        var result = await worker.RunAsync("t1", "summarize", Document);
        Assert.Equal(("invalid_output", true, 2), (result.Error!.Type, result.Error.Retryable, worker.Api.Asked.Count));
    }

    [Fact]
    public async Task A_payload_may_bring_its_own_question_schema_and_model()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say("[1,2]"));
        var output = await worker.OutputAsync("t1", "summarize", new
        {
            text = "1 and 2",
            prompt = "Give the numbers.",
            model = "claude-haiku-5-5",
            schema = new { type = "array", items = new { type = "integer" } },
        });
        Assert.Equal(2, output.GetProperty("result").GetArrayLength());
        var asked = Assert.Single(worker.Api.Asked);
        Assert.Equal("claude-haiku-5-5", (string?)asked.Body["model"]);
        Assert.Contains("Give the numbers.", asked.Last, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refusal", "refused", false)]
    [InlineData("max_tokens", "answer_too_long", false)]
    public async Task An_answer_that_is_none_fails_for_good(string stopReason, string error, bool retryable)
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say("I") with { StopReason = stopReason });
        var result = await worker.RunAsync("t1", "summarize", Document);
        Assert.Equal((error, retryable), (result.Error!.Type, result.Error.Retryable));
        Assert.Equal(error == "refused", (await worker.MetricsAsync()).Contains("claude_api_errors_total{error_type=\"refused\"} 1", StringComparison.Ordinal));
        Assert.Equal(worker.Api.CostUsd, worker.Purse.SpentUsd);
    }

    [Fact]
    public async Task An_empty_answer_goes_back_like_any_other_that_is_no_JSON()
    {
        await using var worker = await ClaudeWorker.StartAsync(asked => asked.Number == 1 ? new Reply() : Reply.Say(Summary));
        await worker.OutputAsync("t1", "summarize", Document);
        Assert.Equal(2, worker.Api.Asked.Count);
    }

    [Fact]
    public async Task A_model_that_always_asks_again_is_stopped_by_the_number_of_its_turns()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Use("no_such_tool", new { }), null, ("Claude:MaxTurns", "5"));
        var result = await worker.RunAsync("t1", "summarize", Document);
        Assert.Equal(("too_many_turns", 5), (result.Error!.Type, worker.Api.Asked.Count));
    }

    [Fact]
    public async Task Where_no_model_answers_the_next_agent_of_the_chain_does_it_and_the_result_says_why()
    {
        await using var worker = await ClaudeWorker.StartAsync(
            asked => (string?)asked.Body["model"] == MessagesServer.Model ? Reply.Fail(529, "overloaded_error") : Reply.Fail(401, "authentication_error"),
            null, ("Claude:MaxRetries", "1"), ("Claude:Fallback:Models:0", "claude-haiku-5-5"), ("Claude:Fallback:Agents:0", "offline"));
        var output = await worker.OutputAsync("t1", "summarize", new { text = "It says something. It says more." });

        Assert.Equal([MessagesServer.Model, MessagesServer.Model, "claude-haiku-5-5"], worker.Api.Asked.Select(a => (string?)a.Body["model"]));
        var note = output.GetProperty("_agent");
        Assert.Equal("offline", note.GetProperty("name").GetString());
        var other = Assert.Single(note.GetProperty("instead_of").EnumerateArray());
        Assert.Equal(("anthropic", "auth"), (other.GetProperty("agent").GetString(), other.GetProperty("error_type").GetString()));
        Assert.NotEmpty(output.GetProperty("summary").GetProperty("text").GetString()!);
    }

    [Fact]
    public async Task Another_model_goes_on_where_one_does_not_answer()
    {
        await using var worker = await ClaudeWorker.StartAsync(
            asked => (string?)asked.Body["model"] == MessagesServer.Model ? Reply.Fail(529, "overloaded_error") : Reply.Say(Summary),
            null, ("Claude:MaxRetries", "0"), ("Claude:Fallback:Models:0", "claude-haiku-5-5"));
        var note = (await worker.OutputAsync("t1", "summarize", Document)).GetProperty("_agent");
        Assert.Equal("claude-haiku-5-5", note.GetProperty("model").GetString());
        Assert.Equal((MessagesServer.Model, "overloaded"), (note.GetProperty("instead_of")[0].GetProperty("model").GetString(), note.GetProperty("instead_of")[0].GetProperty("error_type").GetString()));
    }

    [Fact]
    public async Task Who_asks_for_an_agent_by_name_gets_that_one_or_none()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Fail(401, "authentication_error"), null, ("Claude:Fallback:Agents:0", "offline"));
        Assert.Equal("auth", (await worker.RunAsync("t1", "summarize", new { text = "x", agent = "anthropic" })).Error!.Type);
        var offline = await worker.OutputAsync("t2", "summarize", new { text = "It says something.", agent = "offline" });
        Assert.True(offline.TryGetProperty("source", out _));
        Assert.Single(worker.Api.Asked);
    }

    [Theory]
    [InlineData("marie", "offline", 0)]
    [InlineData("anga", "offline", 1)]
    public async Task A_setting_that_all_workers_are_given_may_choose_the_agent_of_one(string worker, string agent, int asked)
    {
        await using var marie = await ClaudeWorker.StartAsync(_ => Reply.Say(Summary), null, ($"Claude:Workers:{worker}:Agent", agent));
        await marie.OutputAsync("t1", "summarize", new { text = "It says something." });
        Assert.Equal(asked, marie.Api.Asked.Count);
    }

    [Fact]
    public async Task Without_a_key_a_worker_is_offline_and_says_what_anthropic_needs()
    {
        using var volume = new TestVolume();
        await using var worker = await WorkerHost.StartAsync(volume);
        volume.Place("t1", "summarize", new { text = "It says something.", agent = "anthropic" });
        var error = (await volume.ResultAsync("t1")).Error!;
        Assert.Equal("unknown_agent", error.Type);
        Assert.Contains("'anthropic' needs a key: set ANTHROPIC_API_KEY", error.Message, StringComparison.Ordinal);
        volume.Place("t2", "summarize", new { text = "It says something." });
        Assert.True((await volume.ResultAsync("t2")).Output!.Value.TryGetProperty("source", out _));
    }

    [Fact]
    public async Task A_cancelled_task_ends_its_call_at_once_and_what_it_cost_is_settled()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say(new string('x', 400)) with { StallAfter = 5 });
        worker.Volume.Place("t1", "summarize", Document);
        await TestVolume.Until(() => worker.Api.Open == 1 && worker.Purse.Open == 1, "the call");

        File.Delete(worker.Volume.Volume.ActivePath(TestVolume.Worker, "t1"));

        await TestVolume.Until(() => worker.Api.Open == 0 && worker.Purse.Open == 0, "the end of the call and its settlement");
        Assert.True(Assert.Single(worker.Purse.Settled).Estimated);
        Assert.True(worker.Purse.SpentUsd > 0);
        Assert.False(File.Exists(worker.Volume.Volume.ResultPath("t1")));
    }
}
