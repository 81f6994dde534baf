using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Traces;

/// <summary>
/// The spans of a trace as a tree, whatever is missing or wrong in them: a span whose parent did not arrive is a root, and a circle of parents is
/// opened where it begins first.
/// </summary>
public sealed class TraceTree
{
    private readonly Dictionary<string, SpanNode> _byId = new(StringComparer.Ordinal);

    private TraceTree(Trace trace)
    {
        Trace = trace;
        Build();
        Start = trace.Spans.Count == 0 ? DateTimeOffset.UnixEpoch : trace.Spans.Min(span => span.Start);
        End = trace.Spans.Count == 0 ? Start : trace.Spans.Max(span => span.End);
        Services = [.. Nodes.Select(node => node.Span.Service).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What it is made of.</summary>
    public Trace Trace { get; }

    /// <summary>All spans, each before its children, children in the order in which they began.</summary>
    public IReadOnlyList<SpanNode> Nodes => _nodes;

    /// <summary>The spans without a parent, the first of them that has none at all, if there is one.</summary>
    public IReadOnlyList<SpanNode> Roots => _roots;

    /// <summary>When the first span began (UTC).</summary>
    public DateTimeOffset Start { get; }

    /// <summary>When the last span ended (UTC).</summary>
    public DateTimeOffset End { get; }

    /// <summary>From the first beginning to the last end.</summary>
    public TimeSpan Duration => End - Start;

    /// <summary>Who takes part, in the order of their first span in the tree.</summary>
    public IReadOnlyList<string> Services { get; }

    /// <summary>How deep it goes; 1 when there are roots only.</summary>
    public int Depth => _nodes.Count == 0 ? 0 : _nodes.Max(node => node.Depth) + 1;

    private readonly List<SpanNode> _nodes = [];
    private readonly List<SpanNode> _roots = [];

    /// <summary>Makes the tree.</summary>
    public static TraceTree Of(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return new(trace);
    }

    /// <summary>A span by its id; null when it is not in the trace.</summary>
    public SpanNode? Find(string? spanId) => spanId is null ? null : _byId.GetValueOrDefault(spanId);

    /// <summary>What is shown when the children of some spans are not.</summary>
    /// <param name="folded">The spans whose descendants are left out.</param>
    public List<SpanNode> Visible(IReadOnlySet<SpanNode> folded)
    {
        ArgumentNullException.ThrowIfNull(folded);
        var visible = new List<SpanNode>(_nodes.Count);
        for (var i = 0; i < _nodes.Count; i++)
        {
            visible.Add(_nodes[i]);
            if (folded.Contains(_nodes[i]))
                i += _nodes[i].Descendants;
        }
        return visible;
    }

    private void Build()
    {
        var spans = Trace.Spans.OrderBy(span => span.Start).ToList();
        var ids = spans.Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        var children = spans.Where(span => span.ParentId is not null).ToLookup(span => span.ParentId!, StringComparer.Ordinal);
        var placed = new HashSet<Span>(ReferenceEqualityComparer.Instance);
        foreach (var root in spans.Where(span => span.ParentId is null))
            Place(root);
        foreach (var orphan in spans.Where(span => span.ParentId is { } parent && !ids.Contains(parent)))
            Place(orphan);
        foreach (var circle in spans)
            Place(circle);
        for (var i = _nodes.Count - 1; i >= 0; i--)
            if (_nodes[i].Parent is { } parent)
                parent.Descendants += _nodes[i].Descendants + 1;

        // Without recursion: a trace may be as deep as it likes.
        void Place(Span root)
        {
            var waiting = new Stack<(Span Span, SpanNode? Parent)>([(root, null)]);
            while (waiting.TryPop(out var next))
            {
                if (!placed.Add(next.Span))
                    continue;
                var node = new SpanNode(next.Span, next.Parent, _nodes.Count);
                _nodes.Add(node);
                (next.Parent?.ChildList ?? _roots).Add(node);
                // The second of two spans with one id has no children: they cannot be told apart.
                if (!_byId.TryAdd(next.Span.SpanId, node))
                    continue;
                foreach (var child in children[next.Span.SpanId].Reverse())
                    waiting.Push((child, node));
            }
        }
    }
}

/// <summary>A span at its place in the tree.</summary>
public sealed class SpanNode
{
    // Jaeger's times are cut to microseconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMicroseconds(1);

    // Jaeger says this of every span that ends after its parent, as a consumer does; what clocks really differ by is StartsEarly.
    private const string Guess = "clock skew adjustment disabled";

    internal SpanNode(Span span, SpanNode? parent, int index)
    {
        (Span, Parent, Index, Depth) = (span, parent, index, parent is null ? 0 : parent.Depth + 1);
    }

    /// <summary>The span.</summary>
    public Span Span { get; }

    /// <summary>What it is part of; null at a root.</summary>
    public SpanNode? Parent { get; }

    /// <summary>What is part of it, in the order of their beginnings.</summary>
    public IReadOnlyList<SpanNode> Children => ChildList;

    /// <summary>Its place among <see cref="TraceTree.Nodes"/>.</summary>
    public int Index { get; }

    /// <summary>0 at a root.</summary>
    public int Depth { get; }

    /// <summary>How many spans are below it.</summary>
    public int Descendants { get; internal set; }

    /// <summary>Whether it names a parent that is not in the trace.</summary>
    public bool IsOrphan => Parent is null && Span.ParentId is not null;

    /// <summary>By how much it begins before its parent, which only clocks that differ explain; zero when it does not.</summary>
    public TimeSpan StartsEarly => Parent is { } parent && parent.Span.Start - Span.Start > Tolerance ? parent.Span.Start - Span.Start : TimeSpan.Zero;

    /// <summary>By how much it ends after its parent: it was handed on and not waited for, or clocks differ; zero when it does not.</summary>
    public TimeSpan EndsLate => Parent is { } parent && Span.End - parent.Span.End > Tolerance ? Span.End - parent.Span.End : TimeSpan.Zero;

    /// <summary>Whether there is something to be said about it: a clock, a parent that is missing, a warning of Jaeger's.</summary>
    public bool IsOdd => StartsEarly > TimeSpan.Zero || IsOrphan || Span.Warnings.Any(warning => !warning.StartsWith(Guess, StringComparison.Ordinal));

    internal List<SpanNode> ChildList { get; } = [];
}
