using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>The agent <c>claude-code</c> with a program in its place that says what Claude Code was seen to say.</summary>
public sealed class ClaudeCodeTests : IDisposable
{
    private const string Success =
        """{"subtype":"success","is_error":false,"api_error_status":null,"num_turns":2,"result":"All done.","session_id":"s1","total_cost_usd":0.0042,"usage":{"input_tokens":700,"cache_creation_input_tokens":30,"cache_read_input_tokens":20,"output_tokens":140},"permission_denials":[],"type":"result"}""";

    private static readonly object Wish = new { prompt = "Do it.", agent = "claude-code" };
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Its_result_has_its_text_its_files_its_tokens_and_its_cost()
    {
        await using var worker = await StartAsync($$"""
            cat > prompt.txt
            echo '{"type":"system","subtype":"init"}'
            echo 'no json at all'
            echo '{{Success}}'
            """);
        var output = await worker.OutputAsync("t1", "review", Wish);

        Assert.Equal(("All done.", "prompt.txt"), (output.GetProperty("text").GetString(), output.GetProperty("files")[0].GetString()));
        var note = output.GetProperty("_agent");
        Assert.Equal(("claude-code", 2, 700, 0.0042m), (
            note.GetProperty("name").GetString(), note.GetProperty("turns").GetInt32(), note.GetProperty("input_tokens").GetInt32(), note.GetProperty("cost_usd").GetDecimal()));
        var settled = Assert.Single(worker.Purse.Settled);
        Assert.Equal((new TokenUsage(700, 140, 20, 30), 0.0042m, false), (settled.Usage, settled.CostUsd!.Value, settled.Estimated));
        Assert.Equal(1m, Assert.Single(worker.Purse.Reserved).AmountUsd);
        Assert.Contains("Do it.", File.ReadAllText(Path.Combine(worker.Volume.Volume.OutputDir("t1"), "prompt.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_starts_in_an_environment_of_its_own_with_its_limits()
    {
        await using var worker = await StartAsync($"""
            cat > /dev/null
            env | sort > env.txt
            printf '%s\n' "$@" > arguments.txt
            echo '{Success}'
            """, ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("Claude:Code:MaxTurns", "7"), ("Claude:Code:MaxBudgetUsd", "0.25"));
        await worker.OutputAsync("t1", "review", Wish);

        string Text(string file) => File.ReadAllText(Path.Combine(worker.Volume.Volume.OutputDir("t1"), file));
        var environment = Text("env.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
        Assert.Equal(ClaudeWorker.Key, environment["ANTHROPIC_API_KEY"]);
        Assert.Equal(worker.Api.Url, environment["ANTHROPIC_BASE_URL"]);
        Assert.Equal("http://127.0.0.1:9", environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal(("otlp", "otlp", "1"), (environment["OTEL_TRACES_EXPORTER"], environment["OTEL_LOGS_EXPORTER"], environment["CLAUDE_CODE_ENABLE_TELEMETRY"]));
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", environment["TRACEPARENT"]);
        Assert.DoesNotContain("API_KEY", environment.Keys);
        Assert.NotEqual(Environment.GetEnvironmentVariable("HOME"), environment["HOME"]);
        Assert.False(Directory.Exists(environment["HOME"]));

        var arguments = Text("arguments.txt").Split('\n');
        string After(string option) => arguments[Array.IndexOf(arguments, option) + 1];
        Assert.Equal(("7", "0.25", "stream-json", MessagesServer.Model, ""), (After("--max-turns"), After("--max-budget-usd"), After("--output-format"), After("--model"), After("--setting-sources")));
        Assert.DoesNotContain(arguments, a => a.Contains("Do it.", StringComparison.Ordinal) || a.Contains(ClaudeWorker.Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(""" "subtype":"success","is_error":true,"api_error_status":529 """, "overloaded", true)]
    [InlineData(""" "subtype":"success","is_error":true,"api_error_status":429 """, "rate_limited", true)]
    [InlineData(""" "subtype":"success","is_error":true,"api_error_status":401 """, "auth", false)]
    [InlineData(""" "subtype":"success","is_error":true,"api_error_status":400 """, "invalid_request", false)]
    [InlineData(""" "subtype":"success","is_error":true,"api_error_status":null """, "network", true)]
    [InlineData(""" "subtype":"error_max_turns","is_error":true """, "too_many_turns", false)]
    [InlineData(""" "subtype":"error_max_budget_usd","is_error":true """, "budget_exceeded", false)]
    [InlineData(""" "subtype":"success","is_error":false,"result":"","permission_denials":[{"tool_name":"Write"}] """, "not_allowed", false)]
    public async Task Each_way_to_fail_is_told_apart_and_paid(string fields, string error, bool retryable)
    {
        await using var worker = await StartAsync($$"""
            cat > /dev/null
            echo '{"type":"result","total_cost_usd":0.5,"usage":{"input_tokens":10,"output_tokens":1},{{fields}}}'
            exit 1
            """);
        var result = (await worker.RunAsync("t1", "review", Wish)).Error!;
        Assert.Equal((error, retryable), (result.Type, result.Retryable));
        Assert.Equal((0.5m, 0), (worker.Purse.SpentUsd, worker.Purse.Open));
    }

    [Fact]
    public async Task Without_a_result_it_has_failed_and_says_what_it_complained_of()
    {
        await using var worker = await StartAsync("cat > /dev/null; echo 'out of luck' >&2; exit 3");
        var result = (await worker.RunAsync("t1", "review", Wish)).Error!;
        Assert.Equal(("agent_error", true), (result.Type, result.Retryable));
        Assert.Contains("out of luck", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Claude:Code:StallTimeout", "said nothing for")]
    [InlineData("Claude:Code:Timeout", "was not done after")]
    public async Task What_stalls_or_takes_too_long_is_ended_and_what_was_seen_is_paid(string setting, string message)
    {
        var chatty = setting == "Claude:Code:Timeout" ? "while true; do echo '{}'; sleep 0.05; done" : "sleep 60";
        await using var worker = await StartAsync("""
            trap '' INT
            cat > /dev/null
            echo '{"type":"stream_event","event":{"type":"message_start","message":{"id":"m","model":"m","usage":{"input_tokens":50,"output_tokens":1}}}}'
            CHATTY
            """.Replace("CHATTY", chatty, StringComparison.Ordinal), (setting, "00:00:02"));
        var result = (await worker.RunAsync("t1", "review", Wish)).Error!;
        Assert.Equal(("timeout", true), (result.Type, result.Retryable));
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
        var settled = Assert.Single(worker.Purse.Settled);
        Assert.Equal((new TokenUsage(50, 1), true), (settled.Usage, settled.Estimated));
    }

    [Fact]
    public async Task A_model_that_declines_is_told_from_one_that_has_its_answer()
    {
        await using var worker = await StartAsync("""
            cat > /dev/null
            echo '{"type":"stream_event","event":{"type":"message_start","message":{"id":"m","model":"m","usage":{"input_tokens":50,"output_tokens":1}}}}'
            echo '{"type":"stream_event","event":{"type":"message_delta","delta":{"stop_reason":"refusal"},"usage":{"output_tokens":3}}}'
            echo 'SUCCESS'
            """.Replace("SUCCESS", Success, StringComparison.Ordinal));
        Assert.Equal("refused", (await worker.RunAsync("t1", "review", Wish)).Error!.Type);
        Assert.Contains("claude_api_errors_total{error_type=\"refused\"} 1", await worker.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_does_not_read_what_it_is_told_is_ended_as_well()
    {
        await using var worker = await StartAsync("sleep 300", ("Claude:Code:Timeout", "00:00:02"));
        var result = (await worker.RunAsync("t1", "review", new { prompt = new string('x', 200_000), agent = "claude-code" })).Error!;
        Assert.Equal(("timeout", true), (result.Type, result.Retryable));
        Assert.Equal((0, true), (worker.Purse.Open, Assert.Single(worker.Purse.Settled).Estimated));
    }

    [Fact]
    public async Task What_it_leaves_behind_does_not_keep_it_from_being_done()
    {
        await using var worker = await StartAsync($$"""
            cat > /dev/null
            setsid sleep 300 &
            echo '{{Success}}'
            """, ("Claude:Code:StallTimeout", "00:10:00"));
        Assert.Equal("All done.", (await worker.OutputAsync("t1", "review", Wish)).GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_cancelled_task_ends_all_that_it_has_started_and_what_it_cost_is_settled()
    {
        // One child loses its parent and leaves its process group: it has to go as well.
        await using var worker = await StartAsync($$"""
            trap 'echo "{\"type\":\"result\",\"subtype\":\"error_during_execution\",\"is_error\":true,\"total_cost_usd\":0.07}"; exit 0' INT
            cat > /dev/null
            (setsid sleep 300 & echo $! > {{_folder["orphan"]}})
            sleep 300 & echo $! > {{_folder["child"]}}
            echo '{}'
            wait
            """);
        worker.Volume.Place("t1", "review", Wish);
        await TestVolume.Until(() => File.Exists(_folder["child"]) && new FileInfo(_folder["child"]).Length > 0, "the children");
        string[] files = ["child", "orphan"];
        var pids = files.Select(f => File.ReadAllText(_folder[f]).Trim()).ToList();

        File.Delete(worker.Volume.Volume.ActivePath(TestVolume.Worker, "t1"));

        await TestVolume.Until(() => worker.Purse.Open == 0 && pids.TrueForAll(p => !Directory.Exists($"/proc/{p}")), "the end of all of them");
        Assert.Equal(0.07m, worker.Purse.SpentUsd);
        Assert.False(File.Exists(worker.Volume.Volume.ResultPath("t1")));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_from_an_agent_that_is_not()
    {
        await using var worker = await ClaudeWorker.StartAsync(null, null, ("Claude:Code:Executable", _folder["nowhere"]));
        var result = (await worker.RunAsync("t1", "review", Wish)).Error!;
        Assert.Equal("unknown_agent", result.Type);
        Assert.Contains("Claude__Code__Executable", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_goes_away_sends_the_task_down_the_chain()
    {
        await using var worker = await StartAsync("exit 0", ("Worker:Agent", "claude-code"), ("Claude:Fallback:Agents:0", "offline"));
        File.Delete(_folder["claude"]);
        var output = await worker.OutputAsync("t1", "summarize", new { text = "It says something." });
        Assert.Equal("agent_missing", output.GetProperty("_agent").GetProperty("instead_of")[0].GetProperty("error_type").GetString());
    }

    private Task<ClaudeWorker> StartAsync(string script, params (string Key, string Value)[] settings)
    {
        var program = _folder["claude"];
        File.WriteAllText(program, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return ClaudeWorker.StartAsync(null, null, [("Claude:Code:Executable", program), .. settings]);
    }
}
