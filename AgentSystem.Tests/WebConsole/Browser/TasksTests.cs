using System.Text.RegularExpressions;
using AgentSystem.Protocol.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

[Collection(ConsoleInBrowser.Name)]
public sealed class TasksTests(ConsoleInBrowser console)
{
    private static readonly LocatorAssertionsToContainTextOptions Patient = new() { Timeout = 30_000 };

    [Fact]
    public async Task A_task_that_fails_tells_its_whole_story()
    {
        var task = await console.System.SubmitAsync(new { type = "fail", worker = "anga", max_attempts = 2, payload = new { } });
        await console.System.UntilAsync(task.Id, view => view.State == TaskState.Dead);

        await using var page = await console.OpenAsync($"/tasks/{task.Id}");
        await Expect(page.Page.Locator(".gantt")).ToContainTextAsync("Attempt 2", Patient);
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Failed attempts" })).ToBeVisibleAsync();
        await Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "What happened" })).ToContainTextAsync("process anga", Patient);
        await page.AssertGoodInEveryWindowAsync("task");
    }

    [Fact]
    public async Task What_is_wrong_with_a_new_task_is_said_beside_it()
    {
        await using var page = await console.OpenAsync("/tasks/new?path=/etc/passwd&type=summarize");

        // The workers tell what they do after the page is there; the choice stays what it was.
        await Expect(page.Page.GetByLabel("Type").Locator("option", new() { HasText = "sleep" })).ToBeAttachedAsync();
        await Expect(page.Page.GetByLabel("Type")).ToHaveValueAsync("summarize");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("payload.path");
        await page.AssertGoodInEveryWindowAsync("new-task");
    }

    [Fact]
    public async Task The_list_changes_by_itself_and_its_filters_are_in_the_address()
    {
        await using var page = await console.OpenAsync("/tasks?worker=fabien");

        var task = await console.System.SubmitAsync(new { type = "sleep", worker = "fabien", payload = new { seconds = 60 } });
        var row = page.Page.Locator("tr", new() { HasText = task.Id });
        await Expect(row).ToContainTextAsync("active", Patient);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "active", Exact = true }).ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(new Regex(@"/tasks\?state=active&worker=fabien$"));

        await row.GetByRole(AriaRole.Checkbox).CheckAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        await Expect(row).ToContainTextAsync("active");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await page.AssertGoodInEveryWindowAsync("tasks-cancel");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel 1 task" }).ClickAsync();
        await Expect(page.Page.Locator(".bulk")).ToContainTextAsync("1 cancelled.");
        await Expect(row).ToHaveCountAsync(0, new() { Timeout = 15_000 });
        await page.Page.GoBackAsync();
        await Expect(page.Page.Locator("tr", new() { HasText = task.Id })).ToContainTextAsync("cancelled");
        await page.AssertGoodAsync();
    }

    [Fact]
    public async Task A_long_text_is_handed_in_whole_and_one_that_is_too_long_is_refused()
    {
        await using var page = await console.OpenAsync("/tasks/new");
        await page.Page.GetByLabel("A text").CheckAsync();
        var text = page.Page.GetByLabel("Text", new() { Exact = true });

        await text.FillAsync(new string('a', 280_000));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("262,144", Patient);

        var fits = string.Concat(Enumerable.Repeat("“All of it”, they said. ", 3_000));
        await text.FillAsync(fits);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(new Regex("/tasks/[0-9A-Z]{26}$"), new() { Timeout = 30_000 });
        Assert.Equal(fits, (await console.System.GetAsync(page.Page.Url[(page.Page.Url.LastIndexOf('/') + 1)..])).Payload!.Value.GetProperty("text").GetString());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_settled_task_is_replayed_as_a_new_one()
    {
        var task = await console.System.SubmitAsync(new { type = "summarize", payload = new { text = "One. Two. Three." } });
        await console.System.UntilAsync(task.Id, view => view.State == TaskState.Completed);
        await using var page = await console.OpenAsync($"/tasks/{task.Id}");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();

        await Expect(page.Page.Locator("dl")).ToContainTextAsync($"Replay of{task.Id}", Patient);
    }

    [Fact]
    public async Task A_task_that_there_is_not_is_said_not_to_be_there()
    {
        await using var page = await console.OpenAsync("/tasks/no-such-task");

        await Expect(page.Page.Locator(".problem")).ToContainTextAsync("There is no task no-such-task.");
    }
}
