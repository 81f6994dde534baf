using System.Text.RegularExpressions;
using AgentSystem.Protocol.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

[Collection(ConsoleInBrowser.Name)]
public sealed class TracesTests(ConsoleInBrowser console)
{
    // Spans are sent in batches.
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    [Fact]
    public async Task A_task_is_found_and_each_of_its_spans_has_an_address()
    {
        var task = await console.System.SubmitAsync(new { type = "fail", worker = "marie", max_attempts = 1, payload = new { } });
        await console.System.UntilAsync(task.Id, view => view.State == TaskState.Dead);

        await using var page = await console.OpenAsync($"/traces?service=marie&tags=task.id%3D{task.Id}");
        await page.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("create marie|POST|process marie") }).First.ClickAsync(new() { Timeout = 30_000 });

        var rows = page.Page.GetByRole(AriaRole.Region, new() { Name = "Spans" });
        await rows.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("process marie") }).First.ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(new Regex(@"/traces/[0-9a-f]{32}\?span=[0-9a-f]{16}$"));
        var detail = page.Page.GetByRole(AriaRole.Region, new() { Name = "Span", Exact = true });
        await Expect(detail.GetByText(task.Id).First).ToBeVisibleAsync(Patient);
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Critical path" })).ToBeVisibleAsync();
        await page.AssertGoodInEveryWindowAsync("trace");

        await page.Page.ReloadAsync();
        await Expect(detail.GetByText(task.Id).First).ToBeVisibleAsync(Patient);
    }

    [Fact]
    public async Task A_trace_shows_the_measurements_that_point_to_it()
    {
        var task = await console.System.SubmitAsync(new { type = "summarize", worker = "marie", payload = new { text = "One. Two. Three." } });
        var settled = await console.System.UntilAsync(task.Id, view => view.State == TaskState.Completed);

        await using var page = await console.OpenAsync($"/traces/{settled.CorrelationId}");
        var exemplars = page.Page.Locator("[aria-labelledby=exemplars]");
        await Expect(exemplars.GetByRole(AriaRole.Link, new() { Name = "task_processing_duration_seconds" })).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.AssertGoodAsync();

        await exemplars.GetByRole(AriaRole.Link, new() { Name = "task_processing_duration_seconds" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Region, new() { Name = "Span", Exact = true }).Locator("h2")).ToContainTextAsync("process marie");
        await exemplars.GetByRole(AriaRole.Link, new() { Name = "Dashboard" }).First.ClickAsync();
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("Task Processing Overview");
    }

    [Fact]
    public async Task A_trace_that_is_not_there_is_said_and_waited_for()
    {
        await using var page = await console.OpenAsync("/traces/00000000000000000000000000000001");

        await Expect(page.Page.GetByText("There is no such trace.")).ToBeVisibleAsync(Patient);
        await page.AssertGoodAsync();
    }

    [Fact]
    public async Task What_is_wrong_with_a_search_is_said_beside_it()
    {
        await using var page = await console.OpenAsync("/traces?service=marie&minDuration=soon");

        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The shortest duration, soon, is none");
        await page.AssertGoodAsync();
    }
}
