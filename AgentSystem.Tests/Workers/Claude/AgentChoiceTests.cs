namespace AgentSystem.Tests.Workers.Claude;

/// <summary>Which agent and which model does a task, and which one where that one does not answer.</summary>
public sealed class AgentChoiceTests
{
    private const string Summary = """{"summary":{"text":"It says something."}}""";
    private static readonly object Document = new { text = "# Title\n\nIt says something, at length." };

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
}
