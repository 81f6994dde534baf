using AgentSystem.AppHost.Running;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

[Collection(ConsoleInBrowser.Name)]
public sealed class LoginTests(ConsoleInBrowser console)
{
    [Fact]
    public async Task Somebody_without_a_link_is_asked_for_the_token_and_then_led_to_the_page()
    {
        await using var page = await console.OpenLoggedOutAsync("/tasks?state=dead");

        await Expect(page.Page).ToHaveTitleAsync("Log in · AgentSystem");
        await page.AssertGoodInEveryWindowAsync("login");
        await page.Page.GetByLabel("Token").FillAsync(ConsoleInBrowser.Token);
        await page.Page.GetByText("Log in", new() { Exact = true }).ClickAsync();
        await page.UntilLoadedAsync();
        Assert.EndsWith("/tasks?state=dead", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_that_a_run_prints_leads_in()
    {
        var resources = console.System.App.Services.GetRequiredService<DistributedApplicationModel>().Resources;
        var lines = await RunReport.InvitationAsync(Link("console", "console-token"), Link("orchestrator", "api-key"), CancellationToken.None);
        var link = Assert.Single(lines, line => line.StartsWith("Look at it in a browser: ", StringComparison.Ordinal)).Split(' ')[^1];

        await using var page = await console.OpenLoggedOutAsync(link);
        await page.UntilLoadedAsync();

        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("Overview");
        // The token does not stay in the address.
        Assert.Equal(console.Address.AbsoluteUri, page.Page.Url);

        LoginLink Link(string resource, string token) => new(
            new EndpointReference((IResourceWithEndpoints)resources.Single(r => r.Name == resource), "http"), (ParameterResource)resources.Single(r => r.Name == token));
    }

    [Fact]
    public async Task A_wrong_token_is_refused()
    {
        await using var page = await console.OpenLoggedOutAsync("/login?t=a-wrong-token-of-the-same-length");

        await Expect(page.Page.GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToContainTextAsync("not valid");
        await page.Page.GotoAsync("/");
        await Expect(page.Page).ToHaveTitleAsync("Log in · AgentSystem");
    }

    [Fact]
    public async Task A_chosen_theme_is_remembered()
    {
        await using var page = await console.OpenAsync("/");

        await page.Page.GetByLabel("Theme: dark").ClickAsync();
        await page.Page.ReloadAsync();
        await page.UntilLoadedAsync();
        await Expect(page.Page.GetByLabel("Theme: dark")).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Equal("rgb(26, 26, 26)", await page.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }
}
