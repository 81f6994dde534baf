using AgentSystem.WebConsole.Tasks;
using Bunit;

namespace AgentSystem.Tests.WebConsole.Tasks;

/// <summary>What a task's page does not show is said, and where it is.</summary>
public sealed class LeftOutTests : IDisposable
{
    private readonly BunitContext _browser = new();

    public void Dispose() => _browser.Dispose();

    [Fact]
    public void Nothing_is_said_where_all_is_shown() => Assert.Empty(Render(spans: 60, traces: 10, lines: 499).Markup.Trim());

    [Fact]
    public void Spans_are_all_on_the_pages_of_their_traces()
    {
        var note = Render(spans: 61, traces: 2, lines: 0);

        Assert.Contains("The newest 60 of 61 spans are shown.", note.Markup, StringComparison.Ordinal);
        Assert.Equal(["/traces/trace-00", "/traces/trace-01"], note.FindAll("a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public void Older_traces_have_their_pages()
    {
        var note = Render(spans: 1, traces: 12, lines: 0);

        Assert.Contains("The newest 10 of 12 traces are shown.", note.Markup, StringComparison.Ordinal);
        Assert.Equal(["/traces/trace-00", "/traces/trace-01"], note.FindAll("a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public void Lines_are_all_on_the_page_of_the_logs()
    {
        var note = Render(spans: 1, traces: 1, lines: 500);

        Assert.Contains("The newest 500 lines are shown.", note.Markup, StringComparison.Ordinal);
        Assert.Equal("/logs?of=the-task", note.Find("a").GetAttribute("href"));
    }

    private IRenderedComponent<LeftOut> Render(int spans, int traces, int lines) => _browser.Render<LeftOut>(parameters => parameters
        .Add(note => note.Story, new([], [], default, default, spans))
        .Add(note => note.TraceIds, [.. Enumerable.Range(0, traces).Select(i => $"trace-{i:00}")])
        .Add(note => note.Lines, lines)
        .Add(note => note.LogsHref, "/logs?of=the-task"));
}
