using AgentSystem.WebConsole.Traces;
using Bunit;
using static AgentSystem.Tests.WebConsole.Traces.SomeTraces;

namespace AgentSystem.Tests.WebConsole.Traces;

/// <summary>What is to be seen of a trace besides names and bars.</summary>
public sealed class TraceRenderTests : IDisposable
{
    private const string Earlier = "11111111111111111111111111111111";

    private static readonly TraceView View = TraceView.Of(Trace(
        Span("root", null, 0, 100) with { References = [new(Earlier, "before", "FOLLOWS_FROM")] },
        Span("done", "root", 10, 40, "marie") with
        {
            References = [new(Id, "root", "CHILD_OF")],
            Events = [new(Start.AddMilliseconds(20), new Dictionary<string, string> { ["event"] = "retry", ["reason"] = "overloaded" })],
        },
        Span("early", "root", -5, 90, "anga") with { Warnings = ["clock skew adjustment disabled"] },
        Span("late", "root", 50, 130, "anga"),
        Span("orphan", "gone", 20, 30)));

    private readonly BunitContext _browser = new();

    public TraceRenderTests() => _browser.JSInterop.Mode = JSRuntimeMode.Loose;

    public void Dispose() => _browser.Dispose();

    [Fact]
    public void An_attempt_leads_to_the_one_before_and_a_parent_is_no_link_twice()
    {
        var link = Detail("root").Find(".links a");
        Assert.Equal(($"/traces/{Earlier}?span=before", $"trace {Earlier}"), (link.GetAttribute("href"), link.TextContent));
        Assert.Equal("follows from", Detail("root").Find(".links .muted").TextContent);

        Assert.Empty(Detail("done").FindAll(".links"));
        Assert.Contains(Detail("done").FindAll(".facts a"), parent => parent.GetAttribute("href") == $"/traces/{Id}?span=root");
    }

    [Fact]
    public void Events_are_told_with_their_moment_and_their_fields()
    {
        var happened = Detail("done").Find(".events li").TextContent;

        Assert.Contains("retry", happened, StringComparison.Ordinal);
        Assert.Contains("overloaded", happened, StringComparison.Ordinal);
        Assert.Contains("25 ms", happened.Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("early", "the clocks of anga and orchestrator differ")]
    [InlineData("early", "clock skew adjustment disabled")]
    [InlineData("late", "after its parent, which did not wait for it")]
    [InlineData("orphan", "is not in the trace: it has not arrived")]
    public void What_is_odd_about_a_span_is_said(string span, string note) =>
        Assert.Contains(Detail(span).FindAll(".note"), said => said.TextContent.Contains(note, StringComparison.Ordinal));

    [Fact]
    public void A_span_that_is_as_it_should_be_has_no_note() => Assert.Empty(Detail("done").FindAll(".note"));

    [Fact]
    public void The_waterfall_marks_events_the_critical_path_and_what_is_odd_where_they_are()
    {
        var rows = _browser.Render<Waterfall>(parameters => parameters.Add(waterfall => waterfall.View, View)).FindAll(".span-row")
            .ToDictionary(row => row.QuerySelector(".operation")!.TextContent);

        Assert.Equal(View.Tree.Nodes.Count, rows.Count);
        var happened = Assert.Single(rows["does done"].QuerySelectorAll(".event"));
        Assert.Equal(("retry", View.Scale.Style(Start.AddMilliseconds(20))), (happened.GetAttribute("title"), happened.GetAttribute("style")));
        Assert.All(View.Tree.Nodes, node => Assert.Equal(
            View.PathOf(node).Select(segment => View.Scale.Style(segment.From, segment.To)),
            rows[node.Span.Name].QuerySelectorAll(".path").Select(mark => mark.GetAttribute("style"))));
        Assert.NotEmpty(rows["does late"].QuerySelectorAll(".path"));
        Assert.Equal(
            View.Tree.Nodes.Where(node => node.IsOdd).Select(node => node.Span.Name).Order(),
            rows.Where(row => row.Value.QuerySelector(".tone-warning") is not null).Select(row => row.Key).Order());
    }

    private IRenderedComponent<SpanDetail> Detail(string span) =>
        _browser.Render<SpanDetail>(parameters => parameters.Add(detail => detail.View, View).Add(detail => detail.Node, View.Tree.Find(span)!));
}
