namespace AgentSystem.WebConsole.Traces;

/// <summary>A stretch of the critical path.</summary>
/// <param name="Node">The span that everything waited for.</param>
/// <param name="From">Its beginning (UTC).</param>
/// <param name="To">Its end (UTC).</param>
/// <param name="IsWait">Whether the span was over already, and what it had handed on had not begun: time in a queue.</param>
public sealed record PathSegment(SpanNode Node, DateTimeOffset From, DateTimeOffset To, bool IsWait)
{
    /// <summary>How long it is.</summary>
    public TimeSpan Duration => To - From;
}

/// <summary>
/// What a trace's duration is made of: for each moment between the root's beginning and the end of the last span below it, the one span that had
/// to be done sooner for all to be done sooner. Its stretches follow each other without a gap, so they add up to the duration.
/// </summary>
/// <remarks>
/// Found from the end, as Jaeger's page and CRISP (Zhang et al., USENIX ATC 2022) do: what a span waited for last is its child that ended last
/// before that moment. Other than there, a child that outlasts its parent counts: work that was handed on through a queue is not waited for by
/// whoever handed it on, and it is what the trace is about.
/// </remarks>
public static class CriticalPath
{
    /// <summary>The path through the first root, in the order of time; empty for a trace without spans.</summary>
    public static IReadOnlyList<PathSegment> Of(TraceTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        if (tree.Roots is not [var root, ..])
            return [];
        var ends = Ends(tree);
        var segments = new List<PathSegment>();
        var waiting = new Stack<(SpanNode Node, DateTimeOffset From, DateTimeOffset To)>([(root, root.Span.Start, ends[root.Index])]);
        while (waiting.TryPop(out var next))
        {
            var (node, from, cursor) = next;
            foreach (var child in node.Children.OrderByDescending(child => ends[child.Index]).ThenByDescending(child => child.Index))
            {
                var (begin, end) = (Later(child.Span.Start, from), ends[child.Index]);
                // What ended after that moment was not what it waited for, and what is no stretch of time cannot be waited for.
                if (end > cursor || begin >= end)
                    continue;
                Add(node, end, cursor);
                waiting.Push((child, begin, end));
                cursor = begin;
            }
            Add(node, from, cursor);
        }
        return [.. segments.OrderBy(segment => segment.From)];

        void Add(SpanNode node, DateTimeOffset from, DateTimeOffset to)
        {
            var over = node.Span.End < from ? from : node.Span.End < to ? node.Span.End : to;
            if (from < over)
                segments.Add(new(node, from, over, IsWait: false));
            if (over < to)
                segments.Add(new(node, over, to, IsWait: true));
        }
    }

    /// <summary>For each span when it and everything below it is over.</summary>
    private static DateTimeOffset[] Ends(TraceTree tree)
    {
        var ends = tree.Nodes.Select(node => node.Span.End).ToArray();
        for (var i = ends.Length - 1; i >= 0; i--)
            if (tree.Nodes[i].Parent is { } parent)
                ends[parent.Index] = Later(ends[parent.Index], ends[i]);
        return ends;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
