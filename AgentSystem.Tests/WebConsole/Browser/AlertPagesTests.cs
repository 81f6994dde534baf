using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>Against a real Prometheus and a real Alertmanager.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class AlertPagesTests(ConsoleInBrowser console) : IClassFixture<FiringRules>
{
    // A Prometheus that was just started may find Alertmanager after its first evaluation, and tells it again only after a minute.
    private const float Patience = 90_000;

    [Fact]
    public async Task Alerts_are_shown_with_what_keeps_them_quiet()
    {
        await using var page = await console.OpenAsync("/alerts?q=Test");

        await Expect(Alert(page, "TestFiring")).ToContainTextAsync("Firing", new() { Timeout = Patience });
        await Expect(Alert(page, "TestFiring")).ToContainTextAsync("Something is wrong with marie.");
        await Expect(Alert(page, "TestPending")).ToContainTextAsync("Pending", new() { Timeout = Patience });
        await Expect(Alert(page, "TestInhibited")).ToContainTextAsync("Inhibited by TestFiring", new() { Timeout = Patience });
        await page.AssertGoodInEveryWindowAsync("alerts-firing");
        await page.Page.GetByLabel("Conditions").GetByText("Pending").ClickAsync();
        await Expect(page.Page.Locator("[data-alert]")).ToHaveCountAsync(1);
        Assert.Contains("state=pending", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alert_is_silenced_on_its_page_and_heard_again_when_the_silence_is_ended()
    {
        await using var page = await console.OpenAsync("/alerts?q=TestFiring");
        await Alert(page, "TestFiring").GetByRole(AriaRole.Link, new() { Name = "TestFiring" }).ClickAsync(new() { Timeout = Patience });

        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("TestFiring");
        await Expect(page.Page.GetByText("vector(42) > 1")).ToBeVisibleAsync();
        await Expect(page.Page.GetByText("Its value is 42.")).ToBeVisibleAsync();
        await Expect(page.Page.GetByText("Open the expression in Prometheus")).ToHaveAttributeAsync("href", new Regex("^http://.*/graph\\?g0.expr=vector"));
        await Expect(page.Page.GetByRole(AriaRole.Link, new() { Name = "Runbook", Exact = true })).ToHaveAttributeAsync("href", "/runbooks/TestFiring");
        await page.AssertGoodInEveryWindowAsync("alert");

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Silence", Exact = true }).ClickAsync();
        await Expect(page.Page.GetByLabel("Alerts with these labels")).ToHaveValueAsync("alertname=\"TestFiring\"\nseverity=\"critical\"\nworker=\"marie\"");
        await Expect(page.Page.GetByText("Say who silences")).ToBeVisibleAsync();
        await page.Page.GetByLabel("Who").FillAsync("a tester");
        await page.Page.GetByLabel("Why").FillAsync("only a test");
        await Expect(page.Page.GetByText("Silences one alert of now: TestFiring")).ToBeVisibleAsync(new() { Timeout = Patience });
        await page.AssertGoodInEveryWindowAsync("silence-new");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Silence", Exact = true }).ClickAsync();
        var silence = page.Page.Locator("[data-silence=active]").Filter(new() { HasText = "only a test" });
        await Expect(silence).ToContainTextAsync("a tester");
        await page.AssertGoodInEveryWindowAsync("silences");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Alerts", Exact = true }).Last.ClickAsync();
        await Expect(Alert(page, "TestFiring")).ToContainTextAsync("Silenced by a tester", new() { Timeout = Patience });

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Silences", Exact = true }).ClickAsync();
        await silence.GetByText("End", new() { Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByText("End the silence").Last.ClickAsync();
        await Expect(page.Page.Locator("[data-silence=expired]").Filter(new() { HasText = "only a test" })).ToBeVisibleAsync(new() { Timeout = Patience });
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Alerts", Exact = true }).Last.ClickAsync();
        await Expect(Alert(page, "TestFiring")).ToContainTextAsync("Firing", new() { Timeout = Patience });
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Rules_are_shown_with_their_state_and_what_is_wrong_with_them()
    {
        await using var page = await console.OpenAsync("/alerts/rules?q=Test");

        await Expect(page.Page.Locator("details").Filter(new() { HasText = "TestFiring" })).ToContainTextAsync("firing", new() { Timeout = Patience });
        await Expect(page.Page.Locator("details").Filter(new() { HasText = "TestBroken" })).ToContainTextAsync("broken", new() { Timeout = Patience });
        await page.Page.GetByText("TestBroken").ClickAsync();
        await Expect(page.Page.Locator(".error")).ToBeVisibleAsync();
        await page.AssertGoodInEveryWindowAsync("rules");
    }

    [Fact]
    public async Task An_alert_that_is_over_is_said_so()
    {
        await using var page = await console.OpenAsync("/alerts/0123456789abcdef");

        await Expect(page.Page.GetByText("This alert does not fire any more.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_SLO_is_shown_with_its_budget_and_how_it_went()
    {
        await using var page = await console.OpenAsync("/slos");

        await Expect(page.Page.GetByLabel("tasks", new() { Exact = true })).ToContainTextAsync("42 % of the error budget left", new() { Timeout = Patience });
        await Expect(page.Page.GetByText("it lasts for 4 d 4 h")).ToBeVisibleAsync();
        await page.AssertGoodInEveryWindowAsync("slos-recorded");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "tasks", Exact = true }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", "Error budget: from 42 % to 42 %", new() { Timeout = Patience });
        await Expect(page.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "1h" })).ToContainTextAsync("2 %");
        await page.AssertGoodInEveryWindowAsync("slo");
    }

    [Fact]
    public async Task A_runbook_is_a_page_that_its_alert_leads_to()
    {
        await using var page = await console.OpenAsync("/runbooks");

        await Expect(page.Page.Locator("li").Filter(new() { HasText = "A test fires" })).ToContainTextAsync("firing", new() { Timeout = Patience });
        await page.AssertGoodInEveryWindowAsync("runbooks-firing");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "A test fires" }).ClickAsync();
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync("A test fires");
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Mitigation" })).ToBeVisibleAsync();
        await page.AssertGoodInEveryWindowAsync("runbook");
    }

    private static ILocator Alert(ConsolePage page, string name) => page.Page.Locator($"[data-alert={name}]");
}
