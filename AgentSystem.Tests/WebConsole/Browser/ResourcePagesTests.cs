using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

[Collection(ConsoleInBrowser.Name)]
public sealed class ResourcePagesTests(ConsoleInBrowser console)
{
    [Fact]
    public async Task A_resource_shows_its_health_its_addresses_its_variables_and_its_output()
    {
        await using var page = await console.OpenAsync("/resources/orchestrator");

        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("orchestrator");
        await Expect(page.Page.Locator("[aria-labelledby=health-title]")).ToContainTextAsync("healthy");
        await Expect(page.Page.Locator("[aria-labelledby=addresses-title] a").First).ToHaveAttributeAsync("href", new Regex("^http://"));
        await Expect(page.Page.Locator(".line").First).ToBeVisibleAsync();
        await page.Page.Locator("summary").ClickAsync();
        await Expect(Variable("ORCHESTRATOR_DB")).ToContainTextAsync("orchestrator");
        await Expect(Variable("API_KEY")).ToContainTextAsync("secret");
        Assert.DoesNotContain(EndToEnd.RunningSystem.ApiKey, await page.Page.ContentAsync(), StringComparison.Ordinal);
        await page.AssertGoodInEveryWindowAsync("resource");

        ILocator Variable(string name) => page.Page.Locator(".variables tr").Filter(new() { Has = page.Page.Locator($"code.variable:text-is('{name}')") });
    }

    [Fact]
    public async Task Output_can_be_searched_held_and_downloaded()
    {
        await using var page = await console.OpenAsync("/resources/prometheus?q=ready+to+receive");

        await Expect(page.Page.Locator("mark").First).ToHaveTextAsync("ready to receive");
        await page.Page.GetByText("Pause", new() { Exact = true }).ClickAsync();
        await Expect(page.Page.GetByText("Go on")).ToBeVisibleAsync();
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByText("Download", new() { Exact = true }).ClickAsync());
        Assert.Matches(@"^prometheus-[a-z]{8}\.log$", download.SuggestedFilename);
        Assert.Contains("ready to receive", await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_process_is_stopped_after_a_question_and_started_again_while_its_output_goes_on()
    {
        await using var page = await console.OpenAsync("/resources/fabien");
        await Expect(page.Page.Locator(".subtitle")).ToContainTextAsync("Running");

        await page.Page.Locator("button[data-command=stop]").ClickAsync();
        var question = page.Page.GetByRole(AriaRole.Dialog);
        await Expect(question).ToContainTextAsync("stays stopped");
        await page.ScreenshotAsync("resource-stop");
        await question.GetByText("Cancel").ClickAsync();
        await Expect(question).Not.ToBeVisibleAsync();
        await Expect(page.Page.Locator(".subtitle")).ToContainTextAsync("Running");
        try
        {
            await page.Page.Locator("button[data-command=stop]").ClickAsync();
            await question.GetByText("Stop", new() { Exact = true }).ClickAsync();
            await Expect(page.Page.Locator(".subtitle")).ToContainTextAsync("Finished", new() { Timeout = 15_000 });
            await Expect(page.Page.GetByText("stopped.")).ToBeVisibleAsync();

            await page.Page.Locator("button[data-command=start]").ClickAsync();
            await Expect(page.Page.Locator(".subtitle")).ToContainTextAsync("Running", new() { Timeout = 20_000 });
            await page.AssertGoodAsync();
        }
        finally
        {
            await UntilFabienIsHealthyAsync();
        }
    }

    [Fact]
    public async Task A_process_is_restarted_after_a_question_and_is_another_one_then()
    {
        await using var page = await console.OpenAsync("/resources/fabien");
        var process = page.Page.Locator("dt:text-is('Process id') + dd");
        var before = await process.InnerTextAsync();
        try
        {
            await page.Page.Locator("button[data-command=restart]").ClickAsync();
            await Expect(page.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("until it is up again");
            await page.Page.GetByRole(AriaRole.Dialog).GetByText("Restart", new() { Exact = true }).ClickAsync();

            await Expect(page.Page.GetByText("restarted.")).ToBeVisibleAsync(new() { Timeout = 30_000 });
            await Expect(process).ToHaveTextAsync(new Regex(@"\d"));
            await Expect(process).Not.ToHaveTextAsync(before);
            await Expect(page.Page.Locator(".subtitle")).ToContainTextAsync("Running", new() { Timeout = 20_000 });
            await page.AssertGoodAsync();
        }
        finally
        {
            await UntilFabienIsHealthyAsync();
        }
    }

    [Fact]
    public async Task A_command_of_its_own_is_given_with_a_click_and_its_answer_is_shown()
    {
        await using var page = await console.OpenAsync("/resources/marie");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = ConsoleInBrowser.OwnCommand, Exact = true }).ClickAsync();

        await Expect(page.Page.GetByText(new Regex("^marie-[a-z]{8} says hello$"))).ToBeVisibleAsync();
        await page.Page.GetByLabel("Close the message").ClickAsync();
        await Expect(page.Page.GetByText("says hello")).ToHaveCountAsync(0);
        await page.AssertGoodAsync();
    }

    [Fact]
    public async Task The_list_can_be_filtered_by_its_address_and_leads_to_each_resource()
    {
        await using var page = await console.OpenAsync("/resources?q=mari");

        await Expect(page.Page.Locator("[data-resource]")).ToHaveCountAsync(1);
        await page.Page.GetByLabel("Filter resources").FillAsync("");
        await Expect(page.Page.Locator("[data-resource]").Nth(5)).ToBeVisibleAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "marie", Exact = true }).ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(new Regex("/resources/marie$"));
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("marie");
    }

    /// <summary>Whatever a test has come to: the others need all workers.</summary>
    private async Task UntilFabienIsHealthyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        // Without effect where it runs.
        await console.System.App.ResourceCommands.ExecuteCommandAsync("fabien", KnownResourceCommands.StartCommand, limit.Token);
        await console.System.App.ResourceNotifications.WaitForResourceHealthyAsync("fabien", limit.Token);
    }

    [Fact]
    public async Task A_resource_that_is_not_there_is_said_so()
    {
        await using var page = await console.OpenAsync("/resources/nobody");

        await Expect(page.Page.GetByText("There is no resource “nobody”.")).ToBeVisibleAsync();
        Assert.Empty(page.Complaints);
    }
}
