using System.Net;
using System.Net.Http.Json;
using AgentSystem.Orchestrator.Budget;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Orchestrator;

public sealed class BudgetTests
{
    [Fact]
    public async Task Money_is_held_before_a_call_and_settled_after_it_and_the_task_says_what_it_cost()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        Assert.Null((await app.ShowAsync(task.Id)).CostUsd);
        var reservation = await ReserveAsync(app, task, """ "input_tokens": 1000, "max_output_tokens": 2000, "seconds": 60 """);
        // 3 USD for a million in, a quarter more because it may go into the cache, and 15 for a million out.
        Assert.Equal(0.03375m, reservation.AmountUsd);
        var held = await ShowAsync(app);
        Assert.Equal((0m, 0.03375m, 1), (Day(held).SpentUsd, Day(held).ReservedUsd, held.OpenCalls));
        Assert.Equal(0.03375m, held.Ceilings.Single(c => c.Worker == task.Worker).ReservedUsd);

        for (var i = 0; i < 2; i++)
        {
            var settled = await SettleAsync(app, reservation.Id, """{"usage":{"input":100,"output":200,"cache_read":1000,"cache_write":40}}""");
            Assert.Equal(new BudgetSettled(0.00375m, 0.00375m), settled);
        }
        var after = await ShowAsync(app);
        Assert.Equal((0.00375m, 0m, 0), (Day(after).SpentUsd, Day(after).ReservedUsd, after.OpenCalls));
        Assert.Equal(0.00375m, (await app.ShowAsync(task.Id)).CostUsd);
        Assert.Contains("budget_spent_usd{scope=\"day\",worker=\"\"} 0.00375", await MetricsAsync(app, "budget_spent_usd{scope=\"day\",worker=\"\"} 0.00375"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Budget:TaskUsd", "task", "Raise Budget:TaskUsd")]
    [InlineData("Budget:WorkerUsd", "worker", "Raise Budget:Workers:")]
    [InlineData("Budget:DayUsd", "day", "Raise Budget:DayUsd")]
    [InlineData("Budget:MonthUsd", "month", "Raise Budget:MonthUsd")]
    public async Task A_call_that_would_pass_a_ceiling_is_refused_with_the_reason(string option, string scope, string advice)
    {
        using var app = new OrchestratorApp(settings: (option, "1"));
        var task = await app.SubmitAsync();
        var held = await ReserveAsync(app, task, """ "amount_usd": 0.7, "seconds": 60 """);
        var refused = await app.PostAsync("/budget/calls", Body(task, """ "amount_usd": 0.4, "seconds": 60 """));
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        var refusal = (await refused.Content.ReadFromJsonAsync(ApiJson.Default.BudgetRefusal))!;
        Assert.Equal((scope, 1m, 0m, 0.7m, 0.4m, true), (refusal.Scope, refusal.LimitUsd, refusal.SpentUsd, refusal.ReservedUsd, refusal.AmountUsd, refusal.IsPassing));
        Assert.Contains("may cost 0.4 USD", refusal.Detail, StringComparison.Ordinal);
        Assert.Contains(advice, refusal.Detail, StringComparison.Ordinal);
        await ReserveAsync(app, task, """ "amount_usd": 0.3, "seconds": 60 """);

        // Only what no settlement can make room for is counted: somebody may be paged for it.
        await SettleAsync(app, held.Id, """{"usage":{"input":0,"output":0},"cost_usd":0.7}""");
        refused = await app.PostAsync("/budget/calls", Body(task, """ "amount_usd": 0.4, "seconds": 60 """));
        Assert.False((await refused.Content.ReadFromJsonAsync(ApiJson.Default.BudgetRefusal))!.IsPassing);
        await MetricsAsync(app, $"budget_refused_total{{scope=\"{scope}\"}} 1");
    }

    [Fact]
    public async Task A_task_and_all_that_it_hands_on_have_one_ceiling()
    {
        using var app = new OrchestratorApp(settings: [("Budget:TaskUsd", "1"), ("Orchestrator:Subtasks:MaxDepth", "3")]);
        var parent = await app.SubmitAsync("\"worker\":\"marie\"");
        var child = await app.SubmitAsync($"\"worker\":\"anga\",\"parent_id\":\"{parent.Id}\"");
        var grandchild = await app.SubmitAsync($"\"worker\":\"fabien\",\"parent_id\":\"{child.Id}\"");
        var stranger = await app.SubmitAsync("\"worker\":\"fabien\"");
        await SettleAsync(app, (await ReserveAsync(app, parent, """ "amount_usd": 0.5, "seconds": 60 """)).Id, """{"usage":{"input":0,"output":0},"cost_usd":0.5}""");
        await ReserveAsync(app, child, """ "amount_usd": 0.3, "seconds": 60 """);

        var refused = await app.PostAsync("/budget/calls", Body(grandchild, """ "amount_usd": 0.3, "seconds": 60 """));
        var refusal = (await refused.Content.ReadFromJsonAsync(ApiJson.Default.BudgetRefusal))!;
        Assert.Equal(("task", 0.5m, 0.3m), (refusal.Scope, refusal.SpentUsd, refusal.ReservedUsd));
        Assert.Contains($"task {parent.Id} with all that it hands on is 1 USD", refusal.Detail, StringComparison.Ordinal);

        await ReserveAsync(app, grandchild, """ "amount_usd": 0.2, "seconds": 60 """);
        await ReserveAsync(app, stranger, """ "amount_usd": 0.9, "seconds": 60 """);
    }

    [Theory]
    [InlineData("""{"usage":{"input":9,"output":1},"estimated":true}""", "0.5")]
    [InlineData("""{"usage":{"input":0,"output":0},"estimated":true}""", "0")]
    [InlineData("""{"usage":{"input":9,"output":1},"cost_usd":0.25}""", "0.25")]
    public async Task What_was_taken_of_a_model_without_a_price_counts_in_full_unless_somebody_knows_its_cost(string settlement, string cost)
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var held = await app.PostAsync("/budget/calls", Body(task, """ "amount_usd": 0.5, "seconds": 60 """).Replace("claude-sonnet-4-5", "opus", StringComparison.Ordinal));
        var reservation = (await held.Content.ReadFromJsonAsync(ApiJson.Default.BudgetReservation))!;
        Assert.Equal(decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture), (await SettleAsync(app, reservation.Id, settlement)).CostUsd);
    }

    [Fact]
    public async Task A_call_that_nobody_settles_counts_in_full_and_gives_its_slot_back()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time, settings: [("Budget:MaxCalls", "1"), ("Orchestrator:TickInterval", "00:00:01")]);
        var task = await app.SubmitAsync();
        var lost = await ReserveAsync(app, task, """ "amount_usd": 0.5, "seconds": 30 """);
        var busy = await app.PostAsync("/budget/calls", Body(task, """ "amount_usd": 0.5, "seconds": 30 """));
        Assert.Equal((HttpStatusCode.TooManyRequests, "1"), (busy.StatusCode, busy.Headers.RetryAfter?.ToString()));

        time.Advance(TimeSpan.FromSeconds(91));
        await Eventually.True(async () => (await ShowAsync(app)).OpenCalls == 0);
        Assert.Equal(0.5m, (await app.ShowAsync(task.Id)).CostUsd);
        // Late is better than never: the truth takes the assumption's place.
        Assert.Equal(new BudgetSettled(0.2m, 0.2m), await SettleAsync(app, lost.Id, """{"usage":{"input":0,"output":0},"cost_usd":0.2}"""));
        Assert.Equal(0.2m, (await app.ShowAsync(task.Id)).CostUsd);
        await MetricsAsync(app, "budget_expired_calls_total 1");
    }

    [Fact]
    public async Task What_is_spent_is_known_after_a_restart()
    {
        using var folder = new TempFolder();
        string lost;
        TaskView task;
        using (var app = new OrchestratorApp(folder: folder.Path))
        {
            task = await app.SubmitAsync();
            await SettleAsync(app, (await ReserveAsync(app, task, """ "amount_usd": 1, "seconds": 60 """)).Id, """{"usage":{"input":0,"output":0},"cost_usd":0.75}""");
            lost = (await ReserveAsync(app, task, """ "amount_usd": 0.5, "seconds": 60 """)).Id;
        }
        using (var app = new OrchestratorApp(folder: folder.Path))
        {
            Assert.Equal((0.75m, 0.5m), (Day(await ShowAsync(app)).SpentUsd, Day(await ShowAsync(app)).ReservedUsd));
            await SettleAsync(app, lost, """{"usage":{"input":0,"output":0},"cost_usd":0.25}""");
            Assert.Equal(1m, (await app.ShowAsync(task.Id)).CostUsd);
        }
    }

    [Theory]
    [InlineData("""{"worker":"nobody","model":"claude-sonnet-4-5","amount_usd":1,"seconds":1}""", "is not a known worker")]
    [InlineData("""{"worker":"marie","model":"gpt","input_tokens":1,"max_output_tokens":1,"seconds":1}""", "Budget__Prices__gpt__InputUsd")]
    [InlineData("""{"worker":"marie","model":"claude-sonnet-4-5","input_tokens":1,"seconds":1}""", "both input_tokens and max_output_tokens")]
    [InlineData("""{"worker":"marie","model":"claude-sonnet-4-5","amount_usd":-1,"seconds":1}""", "amount_usd must be")]
    [InlineData("""{"worker":"marie","model":"claude-sonnet-4-5","amount_usd":1,"seconds":0}""", "seconds must be")]
    [InlineData("""{"worker":"marie"}""", "The body cannot be read")]
    [InlineData("null", "The body cannot be read")]
    public async Task A_bad_request_says_what_is_wrong_with_it(string fields, string complaint)
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var answer = await app.PostAsync("/budget/calls", fields.Replace("{", $$"""{"task_id":"{{task.Id}}","attempt":1,""", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(complaint, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await ShowAsync(app)).OpenCalls);
    }

    [Fact]
    public async Task A_task_that_is_not_there_or_over_gets_nothing_and_a_reservation_that_is_not_there_is_said()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await app.PostAsync("/budget/calls", Body(task with { Id = "none" }, """ "amount_usd": 1, "seconds": 1 """))).StatusCode);
        await app.PostAsync($"/tasks/{task.Id}/cancel", "");
        Assert.Equal(HttpStatusCode.Conflict, (await app.PostAsync("/budget/calls", Body(task, """ "amount_usd": 1, "seconds": 1 """))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.PutAsync("/budget/calls/none", Json("""{"usage":{"input":0,"output":0}}"""))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Http.PutAsync("/budget/calls/none", Json("""{"usage":{"input":-1,"output":0}}"""))).StatusCode);
    }

    [Theory]
    [InlineData("claude-opus-4-5-20251101", 5)]
    [InlineData("claude-opus-4-1", 15)]
    [InlineData("claude-sonnet-4-5", 7)]
    [InlineData("claude-sonnet-4-6", 3)]
    [InlineData("own-model-2", 1)]
    public void The_longest_name_that_fits_has_the_price_and_what_is_configured_goes_first(string model, int inputUsd)
    {
        var prices = new ModelPrices(Options.Create(new BudgetOptions { Prices = { ["claude-sonnet-4-5"] = new() { InputUsd = 7 }, ["own"] = new() { InputUsd = 1 } } }));
        Assert.Equal(inputUsd, prices.Of(model)!.InputUsd);
        Assert.Null(prices.Of("unheard-of"));
    }

    [Theory]
    [InlineData("Budget:DayUsd", "-1", "from 0")]
    [InlineData("Budget:Workers:marie", "-1", "Budget:Workers")]
    [InlineData("Budget:Prices:x:InputUsd", "-1", "Budget:Prices")]
    [InlineData("Budget:MaxCalls", "0", "Budget:MaxCalls")]
    [InlineData("Orchestrator:Subtasks:MaxDepth", "0", "MaxDepth")]
    public void A_wrong_budget_stops_the_start_and_says_so(string option, string value, string complaint)
    {
        using var app = new OrchestratorApp(settings: (option, value));
        Assert.Contains(complaint, Assert.ThrowsAny<Exception>(() => app.Http).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_the_version_before_is_taken_over_with_its_tasks()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "journal", "orchestrator.db");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using (var old = new SqliteConnection($"Data Source={file};Pooling=false"))
        {
            old.Open();
            using var command = old.CreateCommand();
#pragma warning disable CA2100 // Our own schema.
            command.CommandText = $"""
                {JournalSchema.Versions[0]}
                INSERT INTO tasks (id, type, priority, worker, pinned, state, attempt, max_attempts, created_at, traceparent, tracestate, baggage, payload)
                VALUES ('old', 'summarize', 2, 'marie', 0, 4, 1, 3, {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}, '', '', '', '{"{}"}');
                PRAGMA user_version = 1;
                """;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
        using var app = new OrchestratorApp(folder: folder.Path);
        Assert.Equal(TaskState.Completed, (await app.ShowAsync("old")).State);
        await ReserveAsync(app, await app.SubmitAsync(), """ "amount_usd": 1, "seconds": 1 """);
    }

    private static string Body(TaskView task, string fields) =>
        $$"""{"task_id":"{{task.Id}}","attempt":{{task.Attempt}},"worker":"{{task.Worker}}","model":"claude-sonnet-4-5",{{fields}}}""";

    private static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private static async Task<BudgetReservation> ReserveAsync(OrchestratorApp app, TaskView task, string fields)
    {
        var answer = await app.PostAsync("/budget/calls", Body(task, fields));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.BudgetReservation))!;
    }

    private static async Task<BudgetSettled> SettleAsync(OrchestratorApp app, string id, string json)
    {
        var answer = await app.Http.PutAsync($"/budget/calls/{id}", Json(json));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.BudgetSettled))!;
    }

    private static async Task<BudgetView> ShowAsync(OrchestratorApp app) => (await app.Http.GetFromJsonAsync("/budget", ApiJson.Default.BudgetView))!;

    private static BudgetCeiling Day(BudgetView budget) => budget.Ceilings.Single(c => c.Scope == "day");

    private static Task<string> MetricsAsync(OrchestratorApp app, string line) =>
        Eventually.Get(() => app.Http.GetStringAsync("/metrics"), text => text.Contains(line, StringComparison.Ordinal), what: line);
}
