using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>The agent <c>anthropic</c> in a whole worker, against a local Messages API and a purse.</summary>
public sealed class AnthropicAgentTests
{
    private const string Summary = """{"summary":{"text":"It says something."}}""";
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
    public async Task What_was_said_is_read_from_the_cache_once_a_tool_was_used()
    {
        await using var worker = await ClaudeWorker.StartAsync(asked => asked.Number <= 2 ? Reply.Use("no_such_tool", new { }) : Reply.Say(Summary));
        await worker.OutputAsync("t1", "summarize", Document);

        Assert.Equal([0, 1, 1], worker.Api.Asked.Select(a => a.Messages.ToJsonString().Split("cache_control").Length - 1));
        Assert.All(worker.Api.Asked.Skip(1), a => Assert.Equal("ephemeral", (string?)a.Messages[^1]!["content"]!.AsArray()[^1]!["cache_control"]!["type"]));
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
