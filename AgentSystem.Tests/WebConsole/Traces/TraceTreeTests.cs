using AgentSystem.WebConsole.Traces;
using CsCheck;
using static AgentSystem.Tests.WebConsole.Traces.SomeTraces;

namespace AgentSystem.Tests.WebConsole.Traces;

public sealed class TraceTreeTests
{
    [Fact]
    public void Spans_are_listed_below_their_parents_in_the_order_of_time()
    {
        var tree = TraceTree.Of(Trace(Span("late", "root", 50, 60), Span("root", null, 0, 100), Span("early", "root", 10, 20), Span("leaf", "early", 12, 13)));

        Assert.Equal(["root", "early", "leaf", "late"], tree.Nodes.Select(node => node.Span.SpanId));
        Assert.Equal([0, 1, 2, 1], tree.Nodes.Select(node => node.Depth));
        Assert.Equal([3, 1, 0, 0], tree.Nodes.Select(node => node.Descendants));
        Assert.Equal(TimeSpan.FromMilliseconds(100), tree.Duration);
        Assert.Equal(3, tree.Depth);
    }

    [Fact]
    public void What_is_folded_hides_all_below_it_and_nothing_else()
    {
        var tree = TraceTree.Of(Trace(Span("root", null, 0, 100), Span("a", "root", 0, 9), Span("b", "a", 0, 8), Span("c", "b", 0, 7), Span("d", "root", 20, 30)));

        var visible = tree.Visible(new HashSet<SpanNode> { tree.Find("a")!, tree.Find("b")! });

        Assert.Equal(["root", "a", "d"], visible.Select(node => node.Span.SpanId));
    }

    [Fact]
    public void A_span_whose_parent_is_missing_is_a_root_after_the_real_one()
    {
        var tree = TraceTree.Of(Trace(Span("lost", "gone", 0, 10), Span("root", null, 5, 10)));

        Assert.Equal(["root", "lost"], tree.Roots.Select(node => node.Span.SpanId));
        Assert.False(tree.Roots[0].IsOdd);
        Assert.True(tree.Roots[1].IsOrphan && tree.Roots[1].IsOdd);
    }

    [Fact]
    public void A_clock_that_differs_is_told_and_nothing_is_moved()
    {
        var tree = TraceTree.Of(Trace(Span("root", null, 10, 100), Span("child", "root", 7, 120, "marie")));
        var child = tree.Find("child")!;

        Assert.Equal(TimeSpan.FromMilliseconds(3), child.StartsEarly);
        Assert.Equal(TimeSpan.FromMilliseconds(20), child.EndsLate);
        Assert.True(child.IsOdd);
        Assert.Equal(Start.AddMilliseconds(7), child.Span.Start);
        Assert.Equal(Start.AddMilliseconds(7), tree.Start);
    }

    [Fact]
    public void Work_that_is_handed_on_is_late_but_not_odd()
    {
        var tree = TraceTree.Of(Trace(Span("create", null, 0, 3), Span("process", "create", 500, 900, "marie")));

        Assert.False(tree.Find("process")!.IsOdd);
        Assert.Equal(TimeSpan.FromMilliseconds(897), tree.Find("process")!.EndsLate);
    }

    [Theory]
    [InlineData("clock skew adjustment disabled; not applying calculated delta of -7µs", false)]
    [InlineData("duplicate span IDs; skipping clock skew adjustment", true)]
    public void A_warning_is_odd_unless_Jaeger_only_guesses_at_clocks(string warning, bool isOdd)
    {
        var tree = TraceTree.Of(Trace(Span("send", null, 0, 3), Span("receive", "send", 2, 5) with { Warnings = [warning] }));

        Assert.Equal(isOdd, tree.Find("receive")!.IsOdd);
    }

    [Fact]
    public void A_trace_without_spans_has_no_tree() => Assert.Empty(TraceTree.Of(Trace()).Roots);

    [Fact]
    public void Every_span_of_any_trace_is_listed_once_with_its_children_after_it() => Any.Sample(trace =>
    {
        var tree = TraceTree.Of(trace);

        Assert.Equal(trace.Spans.Count, tree.Nodes.Select(node => node.Span).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(trace.Spans.Count, tree.Nodes.Count);
        Assert.Equal(tree.Nodes.Count, tree.Roots.Sum(root => root.Descendants + 1));
        Assert.All(tree.Nodes, node => Assert.True(node.Parent is null || (node.Parent.Index < node.Index && node.Index <= node.Parent.Index + node.Parent.Descendants)));
        Assert.Equal(tree.Nodes, tree.Visible(new HashSet<SpanNode>()));
    });
}
