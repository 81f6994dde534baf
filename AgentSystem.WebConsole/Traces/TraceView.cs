using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Traces;

/// <summary>A trace with all that its page works out once, however often it is rendered.</summary>
public sealed class TraceView
{
    // As many as the style sheet has colours for.
    private const int Hues = 8;

    private readonly ILookup<SpanNode, PathSegment> _path;
    private readonly Dictionary<string, int> _hues;

    private TraceView(TraceTree tree)
    {
        Tree = tree;
        Path = CriticalPath.Of(tree);
        Scale = new(tree.Start, tree.End);
        _path = Path.ToLookup(segment => segment.Node);
        _hues = tree.Services.Index().ToDictionary(service => service.Item, service => service.Index % Hues, StringComparer.Ordinal);
        Errors = tree.Nodes.Count(node => node.Span.IsError);
        Odd = tree.Nodes.Count(node => node.IsOdd);
    }

    /// <summary>Its spans.</summary>
    public TraceTree Tree { get; }

    /// <summary>Its critical path.</summary>
    public IReadOnlyList<PathSegment> Path { get; }

    /// <summary>Where moments are on the waterfall.</summary>
    public TimeScale Scale { get; }

    /// <summary>How many spans ended with an error.</summary>
    public int Errors { get; }

    /// <summary>How many spans have something odd about them.</summary>
    public int Odd { get; }

    /// <summary>Works it out.</summary>
    public static TraceView Of(Trace trace) => new(TraceTree.Of(trace));

    /// <summary>The same when nothing was added: a poll that brings nothing new costs nothing.</summary>
    public TraceView With(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return trace.TraceId == Tree.Trace.TraceId && trace.Spans.Count == Tree.Nodes.Count ? this : Of(trace);
    }

    /// <summary>The stretches of the critical path that are a span's.</summary>
    public IEnumerable<PathSegment> PathOf(SpanNode node) => _path[node];

    /// <summary>The number of a service's colour.</summary>
    public int HueOf(string service) => _hues.GetValueOrDefault(service);

    /// <summary>What takes most of the critical path, longest first: time in a span itself, or in the queue after it.</summary>
    public IEnumerable<(SpanNode Node, bool IsWait, TimeSpan Duration)> Heaviest(int most) => Path
        .GroupBy(segment => (segment.Node, segment.IsWait))
        .Select(group => (group.Key.Node, group.Key.IsWait, Duration: TimeSpan.FromTicks(group.Sum(segment => segment.Duration.Ticks))))
        .OrderByDescending(step => step.Duration)
        .Take(most);

    /// <summary>The duration that the critical path explains.</summary>
    public TimeSpan PathDuration => Path is [var first, .., var last] ? last.To - first.From : Path is [var only] ? only.Duration : TimeSpan.Zero;
}
