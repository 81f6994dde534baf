using AgentSystem.Benchmarks.Reporting;
using Microsoft.Playwright;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>
/// How long a page takes from the click to the frame in which all of it that the window shows is drawn. Another window has the same page open
/// all the while: those who look at the same share its data in the console, which has them when somebody clicks.
/// </summary>
internal sealed class PageTimer(IBrowserContext context, Uri address)
{
    // Where the window waits for the click: a page that is not the measured one.
    private static readonly (string Path, string Title)[] Quiet = [("/runbooks", "Runbooks"), ("/dashboards", "Dashboards")];

    // Ends when the page has its title, and nothing in the window waits for its data or is to be drawn yet.
    private const string Measure = """
        async ([path, title]) => {
            const inWindow = selector => [...document.querySelectorAll(selector)].filter(e => { const box = e.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; });
            const isThere = () => document.querySelector('h1')?.textContent.includes(title)
                && location.pathname + location.search === path
                && inWindow('.skeleton, .series-chart:not([data-drawn]), .series-chart[aria-busy="true"]').length === 0
                && inWindow('section.output').every(e => e.querySelector('.line'));
            const begin = performance.now();
            Blazor.navigateTo(path);
            while (!isThere()) {
                if (performance.now() - begin > 30000) return -1;
                await new Promise(requestAnimationFrame);
            }
            await new Promise(requestAnimationFrame);
            return performance.now() - begin;
        }
        """;

    /// <summary>Measures a page.</summary>
    /// <param name="path">With its query.</param>
    /// <param name="title">What its heading has.</param>
    /// <param name="runs">How often.</param>
    /// <exception cref="InvalidOperationException">It was not there within 30 s.</exception>
    internal async Task<Latencies> MeasureAsync(string path, string title, int runs)
    {
        var holder = await OpenAsync(path);
        var quiet = Quiet.First(other => other.Path != path);
        var page = await OpenAsync(quiet.Path);
        await TimeAsync(page, path, title); // once for the scripts
        var times = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            await TimeAsync(page, quiet.Path, quiet.Title);
            times.Add(await TimeAsync(page, path, title));
        }
        await page.CloseAsync();
        await holder.CloseAsync();
        return Latencies.Of(times);
    }

    /// <summary>Opens a page and waits until it shows its data.</summary>
    internal async Task<IPage> OpenAsync(string path)
    {
        var page = await context.NewPageAsync();
        await ShowAsync(page, path);
        return page;
    }

    /// <summary>Has a window show a page, and waits until it shows its data.</summary>
    internal async Task ShowAsync(IPage page, string path)
    {
        await page.GotoAsync(new Uri(address, $"/login?t={ConsoleUnderLoad.Token}&returnUrl={Uri.EscapeDataString(path)}").ToString());
        await page.Locator("h1").First.WaitForAsync();
        await Assertions.Expect(page.Locator(".skeleton")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
    }

    /// <summary>
    /// Has a window leave its page and the console. By way of another page, since a goodbye that is lost has the console keep the page for minutes, and ask
    /// what it asks.
    /// </summary>
    internal static async Task LeaveAsync(IPage page)
    {
        await page.EvaluateAsync("path => Blazor.navigateTo(path)", Quiet[0].Path);
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(Quiet[0].Title, new() { Timeout = 60_000 });
        await page.GotoAsync("about:blank");
    }

    private static async Task<double> TimeAsync(IPage page, string path, string title) =>
        await page.EvaluateAsync<double>(Measure, new[] { path, title }) is >= 0 and var milliseconds
            ? milliseconds
            : throw new InvalidOperationException($"{path} was not there within 30 s: its heading is “{await page.Locator("h1").First.TextContentAsync()}”.");
}
