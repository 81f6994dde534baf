using System.Runtime.InteropServices;
using AgentSystem.Tests.EndToEnd.Otlp;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>The real Claude Code, as npm has it, against the local Messages API, in a home of its own.</summary>
public sealed class RealClaudeCodeTests
{
    // On PATH, or where ./test.sh puts it.
    private static string Program => Find() ?? throw new FileNotFoundException("Claude Code is not there: ./test.sh fetches it, or npm install -g @anthropic-ai/claude-code.");

    [Fact]
    public async Task Its_result_tokens_cost_and_trace_are_right_and_it_stays_where_it_may_be()
    {
        await using var otlp = await OtlpReceiver.StartAsync();
        var results = new List<(string Text, bool IsError)>();
        var replies = new Queue<Reply>();
        await using var worker = await ClaudeWorker.StartAsync(
            asked =>
            {
                results.AddRange(asked.ToolResults);
                return replies.Dequeue();
            },
            null,
            ("Claude:Code:Executable", Program), ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.Endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_SERVICE_NAME", "marie"));
        var folder = worker.Volume.Volume.OutputDir("t1");
        replies.Enqueue(Reply.Use("Write", new { file_path = Path.Combine(folder, "out.md"), content = "It says something." }));
        replies.Enqueue(Reply.Use("Read", new { file_path = "/etc/hostname" }));
        replies.Enqueue(Reply.Use("Write", new { file_path = Path.Combine(worker.Volume.Volume.Root, "escape.md"), content = "no" }));
        replies.Enqueue(Reply.Say("""{"summary":{"text":"It says something."}}"""));

        var trace = System.Diagnostics.ActivityTraceId.CreateRandom().ToHexString();
        worker.Volume.Place(TestVolume.NewTask(
            "t1", "summarize", new { text = "It says something, at length.", agent = "claude-code" }, t => t with { TraceContext = new($"00-{trace}-00f067aa0ba902b7-01") }));
        var result = await worker.Volume.ResultAsync("t1");

        Assert.True(result.Error is null, result.Error?.ToString());
        var output = result.Output!.Value;
        Assert.Equal("It says something.", output.GetProperty("summary").GetProperty("text").GetString());
        Assert.Equal(["out.md"], output.GetProperty("files").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal("It says something.", File.ReadAllText(Path.Combine(folder, "out.md")));
        Assert.False(File.Exists(Path.Combine(worker.Volume.Volume.Root, "escape.md")));
        Assert.Equal([false, true, true], results.Select(r => r.IsError));

        var note = output.GetProperty("_agent");
        Assert.Equal((worker.Api.Usage.Input, worker.Api.Usage.Output), (note.GetProperty("input_tokens").GetInt64(), note.GetProperty("output_tokens").GetInt64()));
        var settled = Assert.Single(worker.Purse.Settled);
        Assert.False(settled.Estimated);
        Assert.Equal((worker.Api.Usage.Input, worker.Api.Usage.Output), (settled.Usage.Input, settled.Usage.Output));
        // Its own prices for this model are 3 and 15 USD for a million tokens in and out, where the server's are 2 and 10.
        Assert.Equal(worker.Api.CostUsd * 3 / 2, settled.CostUsd!.Value);
        Assert.Equal(settled.CostUsd, note.GetProperty("cost_usd").GetDecimal());

        // Its own spans hang under ours.
        var spans = await Eventually.Get(
            () => Task.FromResult(otlp.Spans.Where(s => s.TraceId == trace).ToList()),
            s => s.Any(x => x.Name == "invoke_agent marie") && s.Any(x => x.Name == "claude_code.interaction") && s.Count(x => x.Name == "claude_code.llm_request") == 4);
        var agent = Assert.Single(spans, s => s.Name == "invoke_agent marie");
        Assert.Equal(agent.SpanId, Assert.Single(spans, s => s.Name == "claude_code.interaction").ParentId);
        Assert.DoesNotContain(spans, s => string.Join(' ', s.Attributes.Values).Contains("at length", StringComparison.Ordinal));
        Assert.All(worker.Api.Asked, a => Assert.Contains(trace, a.Headers["traceparent"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_API_that_is_overloaded_is_told_as_such()
    {
        await using var worker = await ClaudeWorker.StartAsync(
            _ => Reply.Fail(529, "overloaded_error"), null, ("Claude:Code:Executable", Program), ("Claude:Code:MaxRetries", "0"));
        var error = (await worker.RunAsync("t1", "summarize", new { text = "x", agent = "claude-code" })).Error!;
        Assert.Equal(("overloaded", true), (error.Type, error.Retryable));
        Assert.Equal(0, worker.Purse.Open);
    }

    private static string? Find()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var machine = RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x64";
        var fetched = Path.Combine(cache, "agentsystem", "claude-code", "node_modules", "@anthropic-ai", $"claude-code-linux-{machine}", "claude");
        return File.Exists(fetched) ? fetched : Executables.Find("claude");
    }
}
