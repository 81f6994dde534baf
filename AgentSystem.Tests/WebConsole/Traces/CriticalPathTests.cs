using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Traces;
using CsCheck;
using static AgentSystem.Tests.WebConsole.Traces.SomeTraces;

namespace AgentSystem.Tests.WebConsole.Traces;

public sealed class CriticalPathTests
{
    [Fact]
    public void A_span_alone_is_its_own_path() =>
        Assert.Equal(["root 0-100"], Path(Span("root", null, 0, 100)));

    [Fact]
    public void What_ended_last_was_waited_for() =>
        Assert.Equal(
            ["root 0-10", "a 10-40", "root 40-50", "b 50-90", "root 90-100"],
            Path(Span("root", null, 0, 100), Span("a", "root", 10, 40), Span("b", "root", 50, 90), Span("short", "root", 45, 60)));

    [Fact]
    public void Of_two_at_the_same_time_only_the_one_that_ended_last_counts() =>
        Assert.Equal(["root 0-10", "slow 10-90", "root 90-100"], Path(Span("root", null, 0, 100), Span("quick", "root", 20, 60), Span("slow", "root", 10, 90)));

    [Fact]
    public void Work_that_is_handed_on_is_on_the_path_and_so_is_its_time_in_the_queue() =>
        Assert.Equal(
            ["create 0-3", "wait create 3-500", "process 500-600", "agent 600-880", "process 880-900"],
            Path(Span("create", null, 0, 3), Span("process", "create", 500, 900), Span("agent", "process", 600, 880)));

    [Fact]
    public void A_child_that_begins_before_its_parent_counts_from_the_parents_beginning() =>
        Assert.Equal(["child 10-40", "root 40-100"], Path(Span("root", null, 10, 100), Span("child", "root", 0, 40)));

    [Fact]
    public void A_trace_without_spans_has_no_path() => Assert.Empty(Path());

    [Fact]
    public void In_any_trace_the_stretches_follow_each_other_and_add_up_to_the_time_from_the_roots_beginning_to_the_last_end() => Any.Sample(trace =>
    {
        var tree = TraceTree.Of(trace);
        var path = CriticalPath.Of(tree);
        if (tree.Roots is not [var root, ..])
        {
            Assert.Empty(path);
            return;
        }
        var below = tree.Nodes.Skip(root.Index).Take(root.Descendants + 1).ToHashSet();
        var end = below.Max(node => node.Span.End);
        Assert.Equal(end - root.Span.Start, TimeSpan.FromTicks(path.Sum(segment => segment.Duration.Ticks)));
        Assert.All(path.Zip(path.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.All(path, segment =>
        {
            Assert.True(segment.Duration > TimeSpan.Zero);
            Assert.Contains(segment.Node, below);
            // Its own time is within the span, and only a wait is after it.
            Assert.True(segment.IsWait ? segment.From >= segment.Node.Span.End : segment.From >= segment.Node.Span.Start && segment.To <= segment.Node.Span.End);
        });
    });

    [Fact]
    public void Where_children_lie_within_their_parents_it_adds_up_to_the_roots_duration_and_steps_only_between_spans_that_touch() => WellFormed.Sample(trace =>
    {
        var path = CriticalPath.Of(TraceTree.Of(trace));

        Assert.Equal(trace.Spans[0].Duration, TimeSpan.FromTicks(path.Sum(segment => segment.Duration.Ticks)));
        Assert.DoesNotContain(path, segment => segment.IsWait);
        // From one step to the next it goes down into something that begins then, up out of something that ends then, or both.
        Assert.All(path.Zip(path.Skip(1)), pair =>
        {
            var common = Above(pair.First.Node).Intersect(Above(pair.Second.Node)).First();
            Assert.All(Above(pair.First.Node).TakeWhile(node => node != common), node => Assert.Equal(pair.First.To, node.Span.End));
            Assert.All(Above(pair.Second.Node).TakeWhile(node => node != common), node => Assert.Equal(pair.Second.From, node.Span.Start));
        });
    });

    [Fact]
    public void A_trace_may_be_as_deep_as_it_likes()
    {
        const int Depth = 20_000;
        var tree = TraceTree.Of(Trace([.. Enumerable.Range(0, Depth).Select(i => Span($"{i}", i == 0 ? null : $"{i - 1}", i * 0.001, Depth))]));

        Assert.Equal(Depth, tree.Depth);
        Assert.Equal(Depth, CriticalPath.Of(tree).Select(segment => segment.Node).Distinct().Count());
    }

    private static IEnumerable<SpanNode> Above(SpanNode node)
    {
        for (var at = node; at is not null; at = at.Parent)
            yield return at;
    }

    private static IEnumerable<string> Path(params Span[] spans) => CriticalPath.Of(TraceTree.Of(Trace(spans)))
        .Select(segment => $"{(segment.IsWait ? "wait " : "")}{segment.Node.Span.SpanId} {(segment.From - Start).TotalMilliseconds}-{(segment.To - Start).TotalMilliseconds}");
}
