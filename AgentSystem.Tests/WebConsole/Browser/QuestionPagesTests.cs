using System.Net.Http.Json;
using AgentSystem.Protocol.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>Questions, budget and cost, as the real orchestrator has them.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class QuestionPagesTests(ConsoleInBrowser console)
{
    [Fact]
    public async Task A_question_is_seen_on_the_overview_and_answered_on_its_page_and_on_its_task()
    {
        // Asleep for as long as it has questions.
        var task = await console.System.SubmitAsync(new { type = "sleep", payload = new { seconds = 600 }, worker = "fabien" });
        var child = await console.System.SubmitAsync(new { type = "summarize", payload = new { text = "A word. Another word." }, parent_id = task.Id });
        var choice = await AskAsync(task, """{"text":"Which colour shall the report have?","choices":["red","blue"]}""");
        var free = await AskAsync(task, """{"text":"What is the customer called?"}""");
        await using var page = await console.OpenAsync("/");

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "fabien asks" }).ClickAsync();
        var first = page.Page.Locator($"[data-question='{choice.Id}']");
        await Expect(first).ToContainTextAsync("Which colour shall the report have?");
        await page.AssertGoodInEveryWindowAsync("questions-open");
        await page.Page.GetByLabel("You").FillAsync("ann");
        await page.Page.GetByLabel("You").PressAsync("Tab");
        await first.GetByRole(AriaRole.Button, new() { Name = "blue" }).ClickAsync();
        await Expect(first).ToHaveCountAsync(0);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Answered" }).ClickAsync();
        await Expect(first).ToContainTextAsync("blue ann");

        await first.GetByRole(AriaRole.Link, new() { Name = task.Id }).ClickAsync();
        var second = page.Page.Locator($"[data-question='{free.Id}']");
        await second.GetByLabel("Answer").FillAsync("Müller & Söhne");
        await second.GetByRole(AriaRole.Button, new() { Name = "Answer" }).ClickAsync();
        await Expect(second).ToContainTextAsync("Müller & Söhne");
        Assert.Equal("Müller & Söhne", (await console.System.Orchestrator.GetFromJsonAsync($"/questions/{free.Id}", ApiJson.Default.Question))!.Answer);

        await Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "Handed to other workers" })).ToContainTextAsync("summarize");
        await page.AssertGoodInEveryWindowAsync("task-with-questions");
        await page.Page.GotoAsync($"/tasks/{child.Id}");
        await page.Page.Locator($"dl a[href='/tasks/{task.Id}']").ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/tasks/{task.Id}$"));
        await console.System.Orchestrator.PostAsync($"/tasks/{task.Id}/cancel", null);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task The_budget_is_shown_with_what_is_held_and_the_task_with_its_cost()
    {
        var task = await console.System.SubmitAsync(new { type = "sleep", payload = new { seconds = 600 }, worker = "fabien" });
        var settled = await ReserveAsync(task, "1.25");
        using var answer = await console.System.Orchestrator.PutAsync(
            $"/budget/calls/{settled.Id}", new StringContent("""{"usage":{"input":10,"output":20},"cost_usd":0.75}""", System.Text.Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
        var open = await ReserveAsync(task, "0.5");
        await using var page = await console.OpenAsync("/budget");

        var fabien = page.Page.Locator("[data-ceiling=fabien]");
        await Expect(fabien).ToContainTextAsync("$0.75 of $10.00");
        await Expect(fabien).ToContainTextAsync("$0.50 held for calls under way");
        await page.AssertGoodInEveryWindowAsync("budget-used");
        await page.Page.GotoAsync($"/tasks/{task.Id}");
        await Expect(page.Page.Locator("dl.facts")).ToContainTextAsync("$0.75");
        using var returned = await console.System.Orchestrator.PutAsync(
            $"/budget/calls/{open.Id}", new StringContent("""{"usage":{"input":0,"output":0},"cost_usd":0}""", System.Text.Encoding.UTF8, "application/json"));
        await console.System.Orchestrator.PostAsync($"/tasks/{task.Id}/cancel", null);
        Assert.Empty(page.Complaints);
    }

    private async Task<Question> AskAsync(TaskView task, string json)
    {
        using var answer = await console.System.Orchestrator.PostAsync(
            $"/tasks/{task.Id}/questions", new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.Question))!;
    }

    private async Task<BudgetReservation> ReserveAsync(TaskView task, string usd)
    {
        var json = $$"""{"task_id":"{{task.Id}}","attempt":1,"worker":"fabien","model":"any","amount_usd":{{usd}},"seconds":600}""";
        using var answer = await console.System.Orchestrator.PostAsync("/budget/calls", new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.BudgetReservation))!;
    }
}
