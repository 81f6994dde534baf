using System.Collections.Concurrent;
using System.Net.Http.Json;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>That spend is bounded and counted to the last token: workers, the real orchestrator and its journal, and an API that counts for itself.</summary>
public sealed class MoneyTests
{
    private const string Summary = """{"summary":{"text":"It says something."}}""";

    [Fact]
    public async Task A_thousand_tasks_with_a_fifth_of_the_calls_failing_all_settle_once_and_cost_what_the_API_counts()
    {
        const int Tasks = 1000;
        var failed = new ConcurrentDictionary<string, int>();
        Reply Answer(AskedMessage asked)
        {
            // Every fifth call fails, each kind in its turn.
            if (asked.Number % 5 != 0)
                return Reply.Say(Summary) with { CacheRead = asked.Number % 3 == 0 ? 20 : 0 };
            var (kind, reply) = (asked.Number / 5 % 6) switch
            {
                0 => ("429", Reply.Fail(429, "rate_limit_error", retryAfter: "0")),
                1 => ("529", Reply.Fail(529, "overloaded_error")),
                2 => ("500", Reply.Fail(500, "api_error")),
                3 => ("cut", Reply.Say(Summary) with { CutAfter = 1 }),
                4 => ("error event", Reply.Say(Summary) with { ErrorAfter = 1 }),
                _ => ("400", Reply.Fail(400, "invalid_request_error")),
            };
            failed.AddOrUpdate(kind, 1, (_, n) => n + 1);
            return reply;
        }
        await using var crew = await ClaudeCrew.StartAsync(
            ["marie", "anga", "fabien"], Answer, [("Budget:MaxCalls", "64"), ("Budget:WorkerUsd", "1000"), ("Budget:DayUsd", "1000"), ("Budget:MonthUsd", "1000")],
            ("Worker:Concurrency", "12"));

        var ids = await crew.SubmitAsync(Tasks, i => new { type = "summarize", payload = new { text = $"Document {i}. It says something." } });
        var tasks = await crew.SettledAsync(ids);

        Assert.Equal(Tasks, ids.Distinct().Count());
        // Only a request that is wrong ends a task for good; with a call in thirty that is some.
        Assert.All(tasks, t => Assert.True(t.State == TaskState.Completed || t.Errors is [.., { Type: "invalid_request" }], $"{t.Id} is {t.State}: {string.Join(", ", t.Errors)}"));
        Assert.Equal(failed["400"], tasks.Count(t => t.State == TaskState.Dead));
        Assert.Equal(6, failed.Count);
        Assert.InRange(failed.Values.Sum() / (double)crew.Api.Asked.Count, 0.19, 0.21);

        var metrics = await crew.Orchestrator.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(Tasks - failed["400"], Sum(metrics, "task_completed_total{"));
        Assert.Equal(failed["400"], Sum(metrics, "task_dead_total{"));

        var budget = await crew.BudgetAsync();
        Assert.Equal(0, budget.OpenCalls);
        Assert.All(budget.Ceilings, c => Assert.Equal(0, c.ReservedUsd));
        var month = Assert.Single(budget.Ceilings, c => c.Scope == "month");
        Assert.Equal(crew.Api.CostUsd, month.SpentUsd);
        Assert.Equal(crew.Api.CostUsd, tasks.Sum(t => t.CostUsd ?? 0));
        var tokens = 0d;
        foreach (var worker in crew.Workers)
            tokens += Sum(await worker.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)), "claude_tokens_total{");
        Assert.Equal(crew.Api.Usage.Input + crew.Api.Usage.Output + crew.Api.Usage.CacheRead, tokens);
    }

    [Fact]
    public async Task Ten_workers_whose_model_asks_for_ever_for_a_tool_that_always_fails_stop_at_the_cap()
    {
        const decimal Cap = 0.05m;
        string[] workers = [.. Enumerable.Range(0, 10).Select(i => $"w{i}")];
        await using var crew = await ClaudeCrew.StartAsync(
            workers, _ => Reply.Use("read_file", new { path = "/nowhere/at/all" }),
            [("Budget:TaskUsd", "1000"), ("Budget:WorkerUsd", "1000"), ("Budget:DayUsd", "0.05"), ("Budget:MonthUsd", "1000")],
            ("Claude:MaxTurns", "10000"), ("Claude:MaxTokens", "100"));

        var ids = await crew.SubmitAsync(10, i => new { type = "summarize", worker = $"w{i}", payload = new { text = "It says something." } });
        var tasks = await crew.SettledAsync(ids);

        Assert.All(tasks, t => Assert.Equal((TaskState.Dead, "budget_exceeded"), (t.State, t.Errors[^1].Type)));
        var budget = await crew.BudgetAsync();
        var day = Assert.Single(budget.Ceilings, c => c.Scope == "day");
        Assert.Equal((crew.Api.CostUsd, 0m), (day.SpentUsd, day.ReservedUsd));
        Assert.InRange(day.SpentUsd, Cap * 0.8m, Cap);
        Assert.All(tasks, t => Assert.Equal(1, t.Attempt));
        var asked = crew.Api.Asked.Count;

        // The day is spent: another task is not even asked about.
        var late = Assert.Single(await crew.SettledAsync(await crew.SubmitAsync(1, _ => new { type = "summarize", payload = new { text = "Once more." } })));
        Assert.Equal(("budget_exceeded", asked), (late.Errors[^1].Type, crew.Api.Asked.Count));
    }

    [Fact]
    public async Task A_task_that_goes_round_in_circles_stops_at_its_own_ceiling()
    {
        await using var crew = await ClaudeCrew.StartAsync(
            ["marie"], _ => Reply.Use("no_such_tool", new { }), [("Budget:TaskUsd", "0.05")], ("Claude:MaxTurns", "10000"), ("Claude:MaxTokens", "100"));
        var task = Assert.Single(await crew.SettledAsync(await crew.SubmitAsync(1, _ => new { type = "summarize", payload = new { text = "It says something." } })));
        Assert.Equal("budget_exceeded", task.Errors[^1].Type);
        Assert.InRange(task.CostUsd!.Value, 0.04m, 0.05m);
        Assert.Equal(crew.Api.CostUsd, task.CostUsd);
    }

    [Fact]
    public async Task A_child_task_and_a_question_go_through_the_real_orchestrator()
    {
        var heard = new ConcurrentQueue<string>();
        Reply Answer(AskedMessage asked)
        {
            foreach (var (text, _) in asked.ToolResults)
                heard.Enqueue(text);
            if (asked.Last.Contains("Child text.", StringComparison.Ordinal))
                return Reply.Say("""{"summary":{"text":"The child's summary."}}""");
            return asked.Messages.Count switch
            {
                1 => Reply.Use("ask_worker", new { type = "summarize", worker = "anga", payload = new { text = "Child text." } }),
                3 => Reply.Use("ask_person", new { question = "Shall I publish?", minutes = 5 }),
                _ => Reply.Say(Summary),
            };
        }
        await using var crew = await ClaudeCrew.StartAsync(["marie", "anga"], Answer, []);
        var ids = await crew.SubmitAsync(1, _ => new { type = "summarize", worker = "marie", payload = new { text = "Parent text." } });

        var question = await Eventually.NotNull(async () =>
            (await crew.Orchestrator.Http.GetFromJsonAsync("/questions?state=open", ApiJson.Default.QuestionList))!.Questions is [var open] ? open : null);
        using var answered = await crew.Orchestrator.PostAsync($"/questions/{question.Id}/answer", """{"text":"yes, do","by":"ada"}""");
        Assert.True(answered.IsSuccessStatusCode);

        var parent = Assert.Single(await crew.SettledAsync(ids));
        Assert.Equal(TaskState.Completed, parent.State);
        Assert.Collection(
            heard,
            text => Assert.Contains("The child\\u0027s summary.", text, StringComparison.Ordinal),
            text => Assert.Contains("yes, do", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Workers_that_wait_for_each_others_tasks_leave_their_places_to_them()
    {
        // One place each: if who waits kept it, no child would ever begin.
        await using var crew = await ClaudeCrew.StartAsync(
            ["marie", "anga"],
            asked => asked.Messages.Count > 1 || asked.Last.Contains("Child text.", StringComparison.Ordinal)
                ? Reply.Say(Summary)
                : Reply.Use("ask_worker", new { type = "summarize", payload = new { text = "Child text." } }),
            [], ("Worker:Concurrency", "1"));
        var tasks = await crew.SettledAsync(await crew.SubmitAsync(
            6, i => new { type = "summarize", worker = i % 2 == 0 ? "marie" : "anga", payload = new { text = $"Parent text {i}." } }));
        Assert.All(tasks, t => Assert.Equal(TaskState.Completed, t.State));
    }

    private static double Sum(string metrics, string series) => metrics.Split('\n').Where(l => l.StartsWith(series, StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf('}') + 2)..].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
}
