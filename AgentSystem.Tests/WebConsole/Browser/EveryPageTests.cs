using System.Text.RegularExpressions;
using AgentSystem.Tests.EndToEnd;
using AgentSystem.Tests.WebConsole.Dashboards;
using AgentSystem.WebConsole;
using AgentSystem.WebConsole.Navigation;
using static Microsoft.Playwright.Assertions;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>What holds for each page of the navigation; a page joins by its <see cref="NavigationEntryAttribute"/>.</summary>
[Collection(ConsoleInBrowser.Name)]
public sealed class EveryPageTests(ConsoleInBrowser console)
{
    private static readonly IReadOnlyList<NavigationEntry> Entries = NavigationEntries.In(typeof(WebConsoleExtensions).Assembly).All;

    public static TheoryData<string> Paths => [.. Entries.Select(entry => entry.Path)];

    /// <summary>What a page has besides its title, once there was some work: an element, and what stands in it. Where there may be nothing, it says so.</summary>
    private static (string Selector, string Text)[] ContentOf(string path) => path switch
    {
        "/" =>
        [
            (Tile("Throughput"), @"\d"), (Tile("p95 duration"), @"\S"), (Tile("Waiting"), @"\d"), (Tile("Failed attempts"), @"\d"), (Tile("Error budget left"), "%"), (Tile("Spent today"), @"\$"),
            .. RunningSystem.Workers.Concat(["Orchestrator", "Prometheus", "Alertmanager"]).Select(name => ($".topology.wide .node:has(text.title:text-is('{name}')) .state-word", @"\w")),
            ("[aria-labelledby=recent] li >> nth=0", "document_analysis|sleep|summarize|fail"), ("[aria-labelledby=alerts]", @"No alert is firing|\w+ ago"),
        ],
        "/resources" => [.. RunningSystem.Workers.Concat(["orchestrator", "prometheus", "alertmanager", "telemetry-store"]).Select(name => ($"[data-resource^='{name}'] >> nth=0", "Running"))],
        "/tasks" => [("tbody tr >> nth=0", "document_analysis|sleep|summarize|fail"), ("#worker", "marie"), ("#type", "summarize")],
        "/questions" => [("main :is(.empty, .card) >> nth=0", @"\w")],
        "/traces" => [("main form.form select >> nth=0", "marie"), ("main table a[href^='/traces/'] >> nth=0", @"\w")],
        "/logs" => [(".lines .service >> nth=0", @"\w"), ("[aria-label=Volume]", "info"), ("[aria-label=Fields]", "service_name")],
        "/dashboards" => [.. RepositoryDashboardsTests.Names.Select(name => (".dashboard-list", Regex.Escape(RepositoryDashboardsTests.Read(name).Title)))],
        "/alerts" => [(".conditions", "Firing"), ("main :is([data-alert], .empty) >> nth=0", @"\w")],
        "/incidents" => [("main :is([data-incident], .empty) >> nth=0", @"\w")],
        "/slos" => [(".slos section >> nth=0", "%")],
        "/budget" => [("[data-ceiling=day]", @"\$")],
        "/runbooks" => [(".runbooks", "A test fires")],
        _ => throw new NotSupportedException($"Say here what {path} has to show."),
    };

    private static string Tile(string label) => $".tile:has(.label:text-is('{label}')) .value";

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_page_is_shown_without_an_error_and_without_a_barrier(string path)
    {
        await SomeWork.DoneAsync(console.System);
        await using var page = await console.OpenAsync(path);

        var entry = Entries.Single(entry => entry.Path == path);
        await Expect(page.Page).ToHaveTitleAsync($"{entry.Title} · AgentSystem");
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync(entry.Title);
        foreach (var (selector, text) in ContentOf(path))
            await Expect(page.Page.Locator(selector)).ToHaveTextAsync(new Regex(text));
        await page.AssertGoodInEveryWindowAsync(entry.Title.ToLowerInvariant());
    }

    [Fact]
    public async Task No_animation_of_ours_is_overridden_by_one_of_the_component_library()
    {
        await using var page = await console.OpenAsync("/");

        // The later of two with one name holds: a placeholder that was meant to shimmer flew out of the window.
        var twice = await page.Page.EvaluateAsync<string[]>("""
            () => {
                const sheets = [...document.styleSheets].map(sheet => ({ isOurs: /\/(app|dashboards)\./.test(sheet.href), names: [...sheet.cssRules].filter(rule => rule instanceof CSSKeyframesRule).map(rule => rule.name) }));
                const ours = sheets.filter(sheet => sheet.isOurs).flatMap(sheet => sheet.names);
                return ours.length === 0 ? ['none is found'] : ours.filter(name => sheets.some(sheet => !sheet.isOurs && sheet.names.includes(name)));
            }
            """);

        Assert.Empty(twice);
    }

    /// <summary>On a busy machine the second key may come too late to count; then nothing has happened, and both are pressed again.</summary>
    private static async Task GoAsync(ConsolePage page, NavigationEntry entry)
    {
        for (var left = 10; ; left--)
        {
            await page.Page.Keyboard.PressAsync("g");
            await page.Page.Keyboard.PressAsync(entry.Key.ToString());
            try
            {
                await Expect(page.Page.Locator("h1")).ToHaveTextAsync(entry.Title, new() { Timeout = left == 1 ? 30_000 : 3_000 });
                return;
            }
            catch (Microsoft.Playwright.PlaywrightException) when (left > 1)
            {
                // Again.
            }
        }
    }

    [Fact]
    public async Task The_keyboard_leads_everywhere()
    {
        await using var page = await console.OpenAsync("/");

        foreach (var entry in Entries)
        {
            await GoAsync(page, entry);
        }
        // The page that was gone to takes the focus last.
        await Expect(page.Page.Locator("h1")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("?");
        await Expect(page.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog)).ToContainTextAsync("Keyboard shortcuts");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.Keyboard.PressAsync("/");
        await Expect(page.Page.Locator("[data-search]:focus")).ToHaveCountAsync(1);
        Assert.Empty(page.Complaints);
    }
}
