using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>Against the real alerting service, which is told of alerts as Alertmanager would tell it.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class IncidentPagesTests(ConsoleInBrowser console)
{
    [Fact]
    public async Task An_incident_is_seen_taken_assigned_and_resolved()
    {
        await SomeIncident.OpenAsync(console.System, "console-test", ("ConsoleTestDown", "critical"), ("ConsoleTestSlow", "warning"));
        await using var page = await console.OpenAsync("/incidents?q=ConsoleTest");

        await Expect(page.Page.Locator("[data-incident]").First).ToContainTextAsync("ConsoleTestDown");
        await page.AssertGoodInEveryWindowAsync("incidents-open");
        await page.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("ConsoleTestDown") }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Probable cause" })).ToBeVisibleAsync();
        await Expect(page.Page.Locator("[data-alert=ConsoleTestSlow]")).ToContainTextAsync("firing");

        await page.Page.GetByLabel("You").FillAsync("ann");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Expect(page.Page.GetByText("Acknowledged by ann.")).ToBeVisibleAsync();
        await page.Page.GetByLabel("Assign to").FillAsync("bob");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Assign" }).ClickAsync();
        await Expect(page.Page.Locator("[data-event=assigned]")).ToContainTextAsync("Assigned to bob (ann)");
        await page.Page.GetByLabel("Note").FillAsync("looking <b>now</b>");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(page.Page.Locator("[data-event=note]")).ToContainTextAsync("looking <b>now</b> (ann)");
        await page.AssertGoodInEveryWindowAsync("incident");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Resolve the incident" }).ClickAsync();
        await Expect(page.Page.Locator("[data-event=resolved]")).ToContainTextAsync("Said to be over (ann)");
        Assert.Empty(page.Complaints);
    }
}
