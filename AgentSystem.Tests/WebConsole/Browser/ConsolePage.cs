using System.Collections.Concurrent;
using AgentSystem.Tests.Support;
using Deque.AxeCore.Playwright;
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

    private readonly IBrowserContext _context;
    private readonly Theme _theme;
    private readonly int _width;
    private readonly ConcurrentQueue<string> _complaints = new();

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
        var overflow = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"The page is {overflow} px wider than a window of {_width} px.");
        var result = await Page.RunAxe();
        Assert.Empty(result.Violations
            .Where(violation => violation.Impact is "serious" or "critical")
            .SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {violation.Help}: {node.Html}")));
    }

    /// <summary>Writes <c>artifacts/screenshots/&lt;name&gt;-&lt;theme&gt;-&lt;width&gt;.png</c>.</summary>
    public Task ScreenshotAsync(string name) => Page.ScreenshotAsync(new()
    {
        FullPage = true,
        Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}-{(_theme == Theme.Dark ? "dark" : "light")}-{_width}.png"),
    });

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint)
            _complaints.Enqueue(text);
    }
}
