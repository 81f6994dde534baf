using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;
using AgentSystem.Tests.WebConsole.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Dashboards;

/// <summary>Dashboards in a real browser, against the real Prometheus and the store's Loki API.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class DashboardPageTests(ConsoleInBrowser console) : IAsyncLifetime
{
    // Rates are there from the second scrape on.
    private static readonly LocatorAssertionsToContainTextOptions Patiently = new() { Timeout = 60_000 };

    public Task InitializeAsync() => SomeWork.DoneAsync(console.System);

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Uids => [.. RepositoryDashboardsTests.Names.Select(name => Path.GetFileNameWithoutExtension(name))];

    [Theory]
    [MemberData(nameof(Uids))]
    public async Task A_dashboard_is_shown_without_an_error_and_without_a_barrier(string uid)
    {
        await using var page = await OpenAsync($"/d/{uid}?from=now-15m&to=now&refresh=1m");

        await page.AssertGoodInEveryWindowAsync(uid);
    }

    [Fact]
    public async Task Every_type_of_panel_shows_what_Prometheus_and_Loki_have()
    {
        await using var page = await OpenAsync("/d/every-panel?from=now-15m&to=now");

        await Expect(Panel(page, 1).Locator("strong")).ToBeVisibleAsync();
        await Expect(Panel(page, 1).Locator("script")).ToHaveCountAsync(0);
        await Expect(Panel(page, 2).Locator(".stat-value")).ToHaveTextAsync(Number(), new() { Timeout = 60_000 });
        await Expect(Panel(page, 3)).ToContainTextAsync("Up", Patiently);
        await Expect(Panel(page, 4)).ToContainTextAsync("MiB", Patiently);
        await Expect(Panel(page, 5).Locator(".legend-table")).ToContainTextAsync("req/s", Patiently);
        await Expect(Panel(page, 7)).ToContainTextAsync("prometheus", Patiently);
        await Expect(Panel(page, 8).Locator("tbody tr").First).ToContainTextAsync("up", Patiently);
        await Expect(Panel(page, 9).Locator("rect").First).ToBeAttachedAsync(new() { Timeout = 60_000 });
        await Expect(Panel(page, 10)).ToContainTextAsync("Completed after", Patiently);
        await Expect(Panel(page, 11)).ToContainTextAsync("Not supported:");
        await Expect(Panel(page, 11)).ToContainTextAsync("panels of type geomap");
        await Expect(Panel(page, 12).Locator(".legend")).ToContainTextAsync("info", Patiently);
        await Expect(page.Page.GetByText("CPU of prometheus")).ToBeVisibleAsync();

        await Expect(Panel(page, 16)).ToHaveCountAsync(0);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Closed" }).ClickAsync();
        await Expect(Panel(page, 16).Locator(".stat-value")).ToHaveTextAsync(Number(), new() { Timeout = 60_000 });
        await page.AssertGoodInEveryWindowAsync("every-panel");
    }

    [Fact]
    public async Task A_panel_is_shown_alone_and_its_data_as_a_table_with_exemplars_that_lead_to_traces()
    {
        await using var page = await OpenAsync("/d/every-panel?from=now-15m&to=now&viewPanel=6");
        await Expect(Panel(page, 6).Locator(".plot")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".panel")).ToHaveCountAsync(1);

        await Panel(page, 6).Locator(".panel-menu summary").ClickAsync();
        await Panel(page, 6).GetByText("See the data as a table").ClickAsync();

        await Expect(Panel(page, 6).Locator("tbody tr").First).ToContainTextAsync("s", Patiently);
        await Expect(Panel(page, 6).Locator(".exemplars a").First).ToHaveAttributeAsync("href", new Regex("^/traces/[0-9a-f]{32}$"), new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task A_moment_is_told_of_every_series_and_a_choice_is_in_the_address_and_in_the_queries()
    {
        await using var page = await OpenAsync("/d/worker-performance?from=now-5m&to=now");
        var chart = page.Page.Locator(".series-chart[data-drawn]").First;
        await chart.ScrollIntoViewIfNeededAsync();
        var box = (await chart.BoundingBoxAsync())!;
        // The newest moments have values.
        await page.Page.Mouse.MoveAsync(box.X + box.Width - 20, box.Y + (box.Height / 2));
        await Expect(chart.Locator(".tip")).ToContainTextAsync("UTC");
        await Expect(chart.Locator(".tip")).ToContainTextAsync("marie");

        await page.Page.Locator("summary", new() { HasText = "All" }).First.ClickAsync();
        await page.Page.GetByLabel("anga", new() { Exact = true }).CheckAsync();
        await Expect(page.Page).ToHaveURLAsync(new Regex("var-worker=anga"));
        await Expect(Panel(page, 1).Locator("tbody tr")).ToHaveCountAsync(1, new() { Timeout = 30_000 });
        await Expect(Panel(page, 1).Locator("tbody")).ToContainTextAsync("anga");
        await page.Page.ReloadAsync();
        await Expect(Panel(page, 1).Locator("tbody tr")).ToHaveCountAsync(1, new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task A_range_or_a_dashboard_that_is_none_is_said()
    {
        await using var page = await console.OpenAsync("/d/every-panel?from=yesterday");
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("'yesterday' is no moment");

        await page.Page.GotoAsync("/d/none");
        await Expect(page.Page.GetByText("No file has the uid “none”.")).ToBeVisibleAsync();
    }

    private async Task<ConsolePage> OpenAsync(string path)
    {
        var page = await console.OpenAsync(path);
        await Eventually.True(async () => await page.Page.Locator(".series-chart:not([data-drawn])").CountAsync() == 0 && await page.Page.Locator(".panel").CountAsync() > 0, TimeSpan.FromSeconds(30));
        return page;
    }

    private static ILocator Panel(ConsolePage page, int id) => page.Page.Locator($"[data-panel='{id}']");

    private static Regex Number() => new(@"^\s*[1-9]\d*\s*$");
}
