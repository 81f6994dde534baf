using System.Diagnostics;
using AgentSystem.Protocol.Api;
using AgentSystem.Workers.Agents.Claude.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>What stands around every call of a model: attempts, money, counts.</summary>
public sealed class ModelCallTests
{
    private const string Summary = """{"summary":{"text":"It says something."}}""";
    private static readonly object Document = new { text = "It says something." };

    public static TheoryData<string, Reply, bool> Passing => new()
    {
        { "rate_limited", Reply.Fail(429, "rate_limit_error", retryAfter: "0"), true },
        { "overloaded", Reply.Fail(529, "overloaded_error"), true },
        { "overloaded", Reply.Fail(500, "api_error"), true },
        { "timeout", Reply.Fail(504, "timeout_error"), true },
        { "network", Reply.Say(new string('x', 200)) with { CutAfter = 4 }, false },
        { "overloaded", Reply.Say(new string('x', 200)) with { ErrorAfter = 4 }, false },
    };

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task What_may_pass_by_itself_is_tried_again_and_each_attempt_is_paid(string kind, Reply first, bool free)
    {
        await using var worker = await ClaudeWorker.StartAsync(asked => asked.Number == 1 ? first : Reply.Say(Summary));
        var output = await worker.OutputAsync("t1", "summarize", Document);

        Assert.Equal(2, output.GetProperty("_agent").GetProperty("calls").GetInt32());
        Assert.Equal(2, worker.Purse.Settled.Count);
        Assert.Equal(!free, worker.Purse.Settled[0].Estimated);
        Assert.Equal(free, worker.Purse.Settled[0].Usage == new TokenUsage(0, 0));
        Assert.Equal(worker.Api.CostUsd, worker.Purse.SpentUsd);
        var metrics = await worker.MetricsAsync();
        Assert.Contains($"claude_api_errors_total{{error_type=\"{kind}\"}} 1", metrics, StringComparison.Ordinal);
        Assert.Contains($"claude_invocations_total{{model=\"{MessagesServer.Model}\"}} 2", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "authentication_error", "auth")]
    [InlineData(403, "permission_error", "auth")]
    [InlineData(400, "invalid_request_error", "invalid_request")]
    [InlineData(413, "request_too_large", "invalid_request")]
    public async Task What_would_be_the_same_again_is_not_tried_again(int status, string type, string kind)
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Fail(status, type));
        var error = (await worker.RunAsync("t1", "summarize", Document)).Error!;
        Assert.Equal((kind, false, 1), (error.Type, error.Retryable, worker.Api.Asked.Count));
        Assert.Equal((0m, 0), (worker.Purse.SpentUsd, worker.Purse.Open));
    }

    [Fact]
    public async Task An_API_that_goes_on_failing_fails_the_attempt_after_the_last_try()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Fail(529, "overloaded_error"), null, ("Claude:MaxRetries", "3"));
        var error = (await worker.RunAsync("t1", "summarize", Document)).Error!;
        Assert.Equal(("overloaded", true, 4), (error.Type, error.Retryable, worker.Api.Asked.Count));
    }

    [Fact]
    public async Task As_long_as_the_API_asks_for_is_waited()
    {
        var asked = new List<long>();
        await using var worker = await ClaudeWorker.StartAsync(_ =>
        {
            asked.Add(Stopwatch.GetTimestamp());
            return asked.Count == 1 ? Reply.Fail(429, "rate_limit_error", retryAfter: "1") : Reply.Say(Summary);
        });
        await worker.OutputAsync("t1", "summarize", Document);
        // Without being asked it would be tried again after a millisecond.
        Assert.True(Stopwatch.GetElapsedTime(asked[0], asked[1]) > TimeSpan.FromMilliseconds(900));
    }

    [Fact]
    public async Task A_longer_wait_than_is_allowed_is_left_to_the_orchestrator()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Fail(429, "rate_limit_error", retryAfter: "120"));
        var error = (await worker.RunAsync("t1", "summarize", Document)).Error!;
        Assert.Equal(("rate_limited", true, 1), (error.Type, error.Retryable, worker.Api.Asked.Count));
    }

    [Fact]
    public async Task An_API_that_cannot_be_reached_costs_nothing()
    {
        await using var worker = await ClaudeWorker.StartAsync(null, null, ("ANTHROPIC_BASE_URL", "http://127.0.0.1:9"), ("Claude:MaxRetries", "1"));
        var error = (await worker.RunAsync("t1", "summarize", Document)).Error!;
        Assert.Equal(("network", true), (error.Type, error.Retryable));
        Assert.Equal([new TokenUsage(0, 0), new TokenUsage(0, 0)], worker.Purse.Settled.Select(s => s.Usage));
    }

    [Fact]
    public async Task An_API_that_cannot_be_found_in_time_is_tried_again_and_costs_nothing()
    {
        await using var worker = await ClaudeWorker.StartAsync(
            null,
            services => services.PostConfigure<HttpClientFactoryOptions>(
                AnthropicApi.Client, http => http.HttpMessageHandlerBuilderActions.Add(builder => builder.PrimaryHandler = new ConnectsTooSlowly())),
            ("Claude:MaxRetries", "1"));
        var error = (await worker.RunAsync("t1", "summarize", Document)).Error!;
        Assert.Equal(("network", true), (error.Type, error.Retryable));
        Assert.Equal([new TokenUsage(0, 0), new TokenUsage(0, 0)], worker.Purse.Settled.Select(s => s.Usage));
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("stall")]
    [InlineData("drip")]
    public async Task An_answer_that_does_not_come_or_comes_too_slowly_is_a_timeout(string how)
    {
        var slow = how switch
        {
            "silent" => new Reply { IsSilent = true },
            "stall" => Reply.Say(new string('x', 400)) with { StallAfter = 3 },
            _ => Reply.Say(new string('x', 4000)) with { Drip = TimeSpan.FromMilliseconds(50) },
        };
        // Dripping is never silent for long, so only the attempt's own time ends it.
        await using var worker = await ClaudeWorker.StartAsync(
            _ => slow, null, ("Claude:MaxRetries", "0"), ("Claude:IdleTimeout", "00:00:02"), ("Claude:AttemptTimeout", how == "drip" ? "00:00:03" : "00:01:00"));
        var error = (await worker.RunAsync("t1", "summarize", Document)).Error!;

        Assert.Equal(("timeout", true), (error.Type, error.Retryable));
        var settled = Assert.Single(worker.Purse.Settled);
        Assert.True(settled is { Estimated: true, Usage.Input: > 0 });
        Assert.Equal(how == "silent", settled.Usage.Output == 0);
        Assert.Equal(0, worker.Purse.Open);
    }

    [Fact]
    public async Task An_attempt_that_took_its_time_is_made_again()
    {
        await using var worker = await ClaudeWorker.StartAsync(
            asked => asked.Number <= 3 ? new Reply { IsSilent = true } : Reply.Say(Summary), null, ("Claude:AttemptTimeout", "00:00:01"));
        var output = await worker.OutputAsync("t1", "summarize", Document);
        Assert.Equal(4, output.GetProperty("_agent").GetProperty("calls").GetInt32());
        Assert.Contains("claude_api_errors_total{error_type=\"timeout\"} 3", await worker.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_attempts_together_have_their_time_too()
    {
        await using var worker = await ClaudeWorker.StartAsync(
            asked => asked.Number == 1 ? Reply.Fail(529, "overloaded_error") : new Reply { IsSilent = true }, null, ("Claude:TotalTimeout", "00:00:02"));
        var error = (await worker.RunAsync("t1", "summarize", Document)).Error!;
        Assert.Equal(("timeout", true), (error.Type, error.Retryable));
        Assert.Contains("all attempts together", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, worker.Api.Asked.Count);
        Assert.Equal(0, worker.Purse.Open);
    }

    [Fact]
    public async Task A_model_whose_calls_mostly_fail_is_given_a_rest()
    {
        await using var worker = await ClaudeWorker.StartAsync(
            _ => Reply.Fail(529, "overloaded_error"), null,
            ("Claude:MaxRetries", "0"), ("Claude:Breaker:MinimumCalls", "3"), ("Claude:Breaker:FailureRatio", "0.5"), ("Worker:Concurrency", "1"));
        for (var i = 0; i < 5; i++)
            worker.Volume.Place($"t{i}", "summarize", Document);
        var errors = new List<string>();
        for (var i = 0; i < 5; i++)
            errors.Add((await worker.Volume.ResultAsync($"t{i}")).Error!.Message);

        Assert.Equal(3, worker.Api.Asked.Count);
        Assert.Equal(2, errors.Count(e => e.Contains("is given a rest", StringComparison.Ordinal)));
        Assert.Equal(3, worker.Purse.Reserved.Count);
    }

    [Fact]
    public async Task What_would_pass_the_ceiling_is_refused_with_the_reason_and_not_asked()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say(Summary));
        worker.Purse.LimitUsd = 0.01m;
        var error = (await worker.RunAsync("t1", "summarize", Document)).Error!;
        Assert.Equal(("budget_exceeded", false, 0), (error.Type, error.Retryable, worker.Api.Asked.Count));
        Assert.Equal("The task's budget of 0.01 USD would be passed.", error.Message);
    }

    [Theory]
    [InlineData(400, "budget_refused", false)]
    [InlineData(404, "budget_refused", false)]
    [InlineData(503, "budget_unavailable", true)]
    public async Task Without_a_budget_no_model_is_called(int status, string error, bool retryable)
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say(Summary), null, ("Claude:OutagePatience", "00:00:00"));
        worker.Purse.Refusals.Enqueue(status);
        var result = (await worker.RunAsync("t1", "summarize", Document)).Error!;
        Assert.Equal((error, retryable, 0), (result.Type, result.Retryable, worker.Api.Asked.Count));
    }

    [Fact]
    public async Task No_more_calls_are_under_way_at_once_than_there_are_slots()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say(Summary) with { Drip = TimeSpan.FromMilliseconds(2) }, null, ("Worker:Concurrency", "8"));
        worker.Purse.Slots = 2;
        for (var i = 0; i < 16; i++)
            worker.Volume.Place($"t{i}", "summarize", Document);
        for (var i = 0; i < 16; i++)
            Assert.Null((await worker.Volume.ResultAsync($"t{i}")).Error);
        Assert.Equal(2, worker.Purse.MostOpen);
        Assert.Equal(worker.Api.CostUsd, worker.Purse.SpentUsd);
    }

    [Fact]
    public async Task What_was_spent_is_settled_though_the_orchestrator_stumbles()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say(Summary));
        worker.Purse.SettlementRefusals.Enqueue(503);
        worker.Purse.SettlementRefusals.Enqueue(500);
        await worker.OutputAsync("t1", "summarize", Document);
        Assert.Equal((worker.Api.CostUsd, 0), (worker.Purse.SpentUsd, worker.Purse.Open));
    }

    [Fact]
    public async Task The_metrics_have_the_tokens_the_money_and_the_time_of_the_conventions()
    {
        await using var worker = await ClaudeWorker.StartAsync(_ => Reply.Say(Summary) with { CacheRead = 10 });
        await worker.OutputAsync("t1", "summarize", Document);

        var metrics = await worker.MetricsAsync();
        foreach (var (direction, tokens) in new[] { ("input", worker.Api.Usage.Input), ("output", worker.Api.Usage.Output), ("cache_read", 10), ("cache_write", 0) })
            Assert.Contains($"claude_tokens_total{{direction=\"{direction}\",model=\"{MessagesServer.Model}\"}} {tokens}\n", metrics, StringComparison.Ordinal);
        Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"claude_cost_usd_total{{model=\"{MessagesServer.Model}\"}} {(double)worker.Api.CostUsd}\n"), metrics, StringComparison.Ordinal);
        foreach (var name in new[] { "claude_processing_time_seconds", "gen_ai_client_operation_duration_seconds", "gen_ai_client_operation_time_to_first_chunk_seconds" })
            Assert.Contains(metrics.Split('\n'), l => l.StartsWith($"{name}_bucket", StringComparison.Ordinal) && l.Contains("le=\"600\"", StringComparison.Ordinal) && l.EndsWith(" 1", StringComparison.Ordinal));
        Assert.Contains("gen_ai_client_token_usage_count{", metrics, StringComparison.Ordinal);
    }

    /// <summary>Fails as a SocketsHttpHandler does when its ConnectTimeout is over.</summary>
    private sealed class ConnectsTooSlowly : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new TaskCanceledException("A connection could not be established.", new TimeoutException("Too slow.")));
    }
}
