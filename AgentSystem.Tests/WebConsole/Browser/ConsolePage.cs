using System.Collections.Concurrent;
using AgentSystem.Tests.Support;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace AgentSystem.Tests.WebConsole.Browser;

public enum Theme
{
    Light,
    Dark,
}

/// <summary>A page of the console in a window of its own, and whatever the browser complained about since it was opened.</summary>
public sealed class ConsolePage : IAsyncDisposable
{
    /// <summary>Width of a window on a laptop, in CSS pixels.</summary>
    public const int Desktop = 1280;

    /// <summary>Width of a phone, in CSS pixels.</summary>
    public const int Phone = 390;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    // The rules of level AA that the theme can break.
    private static readonly string[] Colors = ["color-contrast", "link-in-text-block"];

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();
    private Theme _theme;
    private int _width;

    internal ConsolePage(IBrowserContext context, IPage page, Theme theme, int width, Uri address)
    {
        (_context, Page, _theme, _width) = (context, page, theme, width);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"console {message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, $"script error: {error}");
        page.Response += (_, response) => Note(response.Status >= 400, $"{response.Status} {response.Url}");
        page.Request += (_, request) => Note(
            !request.Url.StartsWith(address.ToString(), StringComparison.Ordinal) && request.Url.StartsWith("http", StringComparison.Ordinal),
            $"asked another host: {request.Url}");
    }

    public IPage Page { get; }

    /// <summary>Height of a window of a width, in CSS pixels.</summary>
    public static int HeightOf(int width) => width < 600 ? 844 : 800;

    /// <summary>What went wrong in the browser: errors, failed requests, requests to other hosts.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Waits until the page is connected and nothing on it waits for its first data.</summary>
    public async Task UntilLoadedAsync()
    {
        await Page.Locator("h1").First.WaitForAsync();
        await Assertions.Expect(Page.Locator(".skeleton")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
    }

    /// <summary>The browser complained about nothing, nothing is wider than the window, and axe finds nothing serious.</summary>
    public async Task AssertGoodAsync()
    {
        Assert.Empty(_complaints);
        await AssertFitsAsync();
        await AssertAccessibleAsync();
    }

    /// <summary>
    /// What <see cref="AssertGoodAsync"/> says, in both themes and both widths, with a picture of each. What hangs on the width alone, axe looks at
    /// once for each width; colours in all four.
    /// </summary>
    /// <param name="name">Of the pictures.</param>
    public async Task AssertGoodInEveryWindowAsync(string name)
    {
        foreach (var (theme, width, colorsOnly) in ((Theme, int, bool)[])[(Theme.Light, Phone, true), (Theme.Dark, Phone, false), (Theme.Dark, Desktop, true), (Theme.Light, Desktop, false)])
        {
            await ShowAsync(theme, width);
            await AssertFitsAsync();
            await ScreenshotAsync(name);
            await AssertAccessibleAsync(colorsOnly);
        }
        Assert.Empty(_complaints);
    }

    /// <summary>Writes <c>artifacts/screenshots/&lt;name&gt;-&lt;theme&gt;-&lt;width&gt;.png</c>.</summary>
    public Task ScreenshotAsync(string name) => Page.ScreenshotAsync(new()
    {
        FullPage = true,
        Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}-{(_theme == Theme.Dark ? "dark" : "light")}-{_width}.png"),
    });

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private async Task ShowAsync(Theme theme, int width)
    {
        (_theme, _width) = (theme, width);
        await Page.EmulateMediaAsync(new() { ColorScheme = theme == Theme.Dark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        await Page.SetViewportSizeAsync(width, HeightOf(width));
        // What is fixed to the window would be in the middle of the picture.
        await Page.EvaluateAsync("window.scrollTo(0, 0)");
        // The page hears of its theme with the next frame, and what is out of sight may be drawn again a little later.
        await Page.EvaluateAsync("() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
        await Assertions.Expect(Page.Locator("[aria-busy='true']")).ToHaveCountAsync(0);
    }

    private async Task AssertFitsAsync()
    {
        var overflow = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"The page is {overflow} px wider than a window of {_width} px.");
    }

    // Deque's own RunAxe puts the results of frames together in a window of its own, which takes ten times as long; there are no frames here.
    private async Task AssertAccessibleAsync(bool colorsOnly = false)
    {
        if (!await Page.EvaluateAsync<bool>("typeof axe === 'object'"))
            await Page.EvaluateAsync(Axe);
        var findings = await Page.EvaluateAsync<string[]>("""
            async rules => (await axe.run(document, { resultTypes: ['violations'], ...(rules.length > 0 ? { runOnly: { type: 'rule', values: rules } } : {}) })).violations
                .filter(violation => violation.impact === 'serious' || violation.impact === 'critical')
                .flatMap(violation => violation.nodes.map(node => `${violation.id}: ${violation.help}: ${node.html}`))
            """, colorsOnly ? Colors : []);
        Assert.True(findings.Length == 0, $"{_theme}, {_width} px:{Environment.NewLine}{string.Join(Environment.NewLine, findings)}");
    }

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint)
            _complaints.Enqueue(text);
    }
}
