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

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_page_is_shown_without_an_error_and_without_a_barrier(string path)
    {
        await using var page = await console.OpenAsync(path);

        var entry = Entries.Single(entry => entry.Path == path);
        await Expect(page.Page).ToHaveTitleAsync($"{entry.Title} · AgentSystem");
        await Expect(page.Page.Locator("h1")).ToHaveTextAsync(entry.Title);
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

    [Fact]
    public async Task The_keyboard_leads_everywhere()
    {
        await using var page = await console.OpenAsync("/");

        foreach (var entry in Entries)
        {
            await page.Page.Keyboard.PressAsync("g");
            await page.Page.Keyboard.PressAsync(entry.Key.ToString());
            await Expect(page.Page.Locator("h1")).ToHaveTextAsync(entry.Title);
        }
        await page.Page.Keyboard.PressAsync("?");
        await Expect(page.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog)).ToContainTextAsync("Keyboard shortcuts");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.Keyboard.PressAsync("/");
        await Expect(page.Page.Locator("[data-search]:focus")).ToHaveCountAsync(1);
        Assert.Empty(page.Complaints);
    }
}
