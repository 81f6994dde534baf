using Aspire.Hosting.ApplicationModel;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>Each backend stopped and started in turn while every page is open: no page breaks, those that need it say its name, and all recover by themselves.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class OutageTests(ConsoleInBrowser console, EveryPageOpen pages) : IClassFixture<EveryPageOpen>
{
    // A backend that is started again may need a while, and pages ask at their own pace.
    private const float Patience = 60_000;

    [Theory]
    [InlineData("prometheus", "Prometheus")]
    [InlineData("alertmanager", "Alertmanager")]
    [InlineData("orchestrator", "The orchestrator")]
    [InlineData("telemetry-store", "Jaeger", "Loki")]
    [InlineData("alerting", "The alerting service")]
    [InlineData("host", "The host")]
    public async Task No_page_breaks_while_a_backend_is_away_and_all_recover(string resource, params string[] names)
    {
        await CommandAsync(resource, KnownResourceCommands.StopCommand);
        try
        {
            foreach (var open in pages.All)
            {
                foreach (var name in names.Intersect(open.Needs))
                    await Expect(ProblemOn(open.Page, name).First).ToBeVisibleAsync(new() { Timeout = Patience });
                await AssertAliveAsync(open);
            }
            var first = pages.All.First(open => open.Needs.Contains(names[0]));
            await first.Shown.ScreenshotAsync($"outage-{resource}");
        }
        finally
        {
            await CommandAsync(resource, KnownResourceCommands.StartCommand);
        }
        foreach (var open in pages.All)
        {
            await Expect(open.Page.Locator(".problem-down")).ToHaveCountAsync(0, new() { Timeout = Patience });
            await Expect(open.Page.Locator(".outage")).ToHaveCountAsync(0, new() { Timeout = Patience });
            await AssertAliveAsync(open);
        }
    }

    private static async Task AssertAliveAsync(OpenPage open)
    {
        await Expect(open.Page.Locator("h1")).ToHaveTextAsync(open.Title);
        Assert.Empty(open.Shown.Complaints);
    }

    // A panel that has something to show goes on showing it, and says since when that is old.
    private static ILocator ProblemOn(IPage page, string name) =>
        page.Locator(".problem", new() { HasText = $"{name} does not answer" }).Or(page.Locator($".panel-old[title*='{name}']"));

    private async Task CommandAsync(string resource, string command)
    {
        if (resource == "host")
        {
            console.HostGate.IsOpen = command == KnownResourceCommands.StartCommand;
            return;
        }
        var result = await console.System.App.ResourceCommands.ExecuteCommandAsync(resource, command);
        Assert.True(result.Success, $"{command} of {resource}");
    }
}
