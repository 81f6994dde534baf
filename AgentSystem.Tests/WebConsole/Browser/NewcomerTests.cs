using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>What somebody does who has just started the system: only by what the pages show, from the login link on.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class NewcomerTests(ConsoleInBrowser console)
{
    // Spans and lines are sent in batches.
    private const float Patience = 30_000;

    // When the store was away, which other tests see to, a process sends lines again after a pause that doubles from 5 s on.
    private const float PatienceForLines = 90_000;

    [Fact]
    public async Task A_newcomer_hands_in_a_document_watches_it_finish_and_goes_to_its_trace_to_its_logs_and_back()
    {
        await using var page = await console.OpenLoggedOutAsync(ConsoleInBrowser.LoginLink);
        var window = page.Page;
        await Expect(window.Locator("h1")).ToHaveTextAsync("Overview");

        await Link("New task").ClickAsync();
        await window.GetByLabel("Path").FillAsync(Path.Combine(Repository.Root, "README.md"));
        await window.GetByLabel("Type").SelectOptionAsync("process_document");
        await window.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await Expect(window).ToHaveURLAsync(new Regex("/tasks/[0-9A-Z]{26}$"));
        var task = new Uri(window.Url).Segments[^1];

        await Expect(window.Locator(".state-row")).ToContainTextAsync("completed", new() { Timeout = Patience });
        await Expect(window.GetByRole(AriaRole.Region, new() { Name = "What happened" })).ToContainTextAsync("invoke_agent", new() { Timeout = Patience });
        await Expect(window.GetByRole(AriaRole.Heading, new() { Name = "Result" })).ToBeVisibleAsync();
        await Expect(window.Locator("section", new() { HasText = "Asked" }).Last).ToContainTextAsync("README.md");

        await window.Locator("dl a[href^='/traces/']").ClickAsync();
        await Expect(window.GetByRole(AriaRole.Region, new() { Name = "Spans" })).ToContainTextAsync("invoke_agent", new() { Timeout = Patience });
        var trace = new Uri(window.Url).Segments[^1];

        await Link("Logs").Last.ClickAsync();
        await Expect(window).ToHaveURLAsync(new Regex("/logs\\?"));
        var line = window.Locator(".lines li").First;
        await Expect(line).ToBeVisibleAsync(new() { Timeout = PatienceForLines });

        await line.Locator("a.trace").ClickAsync();
        await Expect(window).ToHaveURLAsync(new Regex($"/traces/{trace}"));
        await Expect(window.GetByRole(AriaRole.Region, new() { Name = "Spans" })).ToContainTextAsync("execute_tool", new() { Timeout = Patience });
        await Link("Task").First.ClickAsync();
        await Expect(window).ToHaveURLAsync(new Regex($"/tasks/{task}$"));
        await Expect(window.Locator(".state-row")).ToContainTextAsync("completed");
        await page.AssertGoodAsync();

        ILocator Link(string name) => window.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });
    }
}
