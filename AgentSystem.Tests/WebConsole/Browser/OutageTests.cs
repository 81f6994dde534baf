using Aspire.Hosting.ApplicationModel;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>Each backend stopped and started in turn while pages are open: no page breaks, and all recover by themselves.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class OutageTests(ConsoleInBrowser console)
{
    [Theory]
    [InlineData("prometheus", "Prometheus", "/")]
    [InlineData("alertmanager", "Alertmanager", "/")]
    [InlineData("orchestrator", "The orchestrator", "/tasks")]
    public async Task A_backend_that_is_down_is_said_by_name_and_comes_back(string resource, string title, string path)
    {
        await using var page = await console.OpenAsync(path);
        var problem = page.Page.Locator(".problem", new() { HasText = $"{title} does not answer" });

        await CommandAsync(resource, KnownResourceCommands.StopCommand);
        try
        {
            await Expect(problem.First).ToBeVisibleAsync(new() { Timeout = 30_000 });
            await Expect(page.Page.Locator("h1")).ToBeVisibleAsync();
            await page.ScreenshotAsync($"outage-{resource}");
            await page.AssertGoodAsync();
        }
        finally
        {
            await CommandAsync(resource, KnownResourceCommands.StartCommand);
        }
        await Expect(problem).ToHaveCountAsync(0, new() { Timeout = 60_000 });
    }

    private async Task CommandAsync(string resource, string command)
    {
        var result = await console.System.App.ResourceCommands.ExecuteCommandAsync(resource, command);
        Assert.True(result.Success, $"{command} of {resource}");
    }
}
