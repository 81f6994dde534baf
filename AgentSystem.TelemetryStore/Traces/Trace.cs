using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Traces;

/// <summary>The spans of a trace by resource, in the order in which they came.</summary>
/// <param name="Id">The trace's id.</param>
/// <param name="Resources">Its spans.</param>
public sealed record Trace(UInt128 Id, IReadOnlyList<ResourceGroup<Span>> Resources);

/// <summary>Which traces are wanted: those with one span of which everything holds.</summary>
public sealed record TraceQuery
{
    /// <summary>The service; empty for any.</summary>
    public string Service { get; init; } = "";

    /// <summary>The operation; empty for any.</summary>
    public string Operation { get; init; } = "";

    /// <summary>Attributes as text, with Jaeger's names for what is none: <c>error</c>, <c>span.status</c>, <c>span.kind</c>, <c>scope.name</c>, <c>scope.version</c>, <c>resource.…</c>.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The earliest start, in nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public long StartMin { get; init; } = long.MinValue;

    /// <summary>The latest start, in nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public long StartMax { get; init; } = long.MaxValue;

    /// <summary>The shortest duration in nanoseconds; 0 for any.</summary>
    public long DurationMin { get; init; }

    /// <summary>The longest duration in nanoseconds; 0 for any.</summary>
    public long DurationMax { get; init; }

    /// <summary>How many traces at most, the newest ones.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>Calls between services.</summary>
/// <param name="Parent">The calling service.</param>
/// <param name="Child">The called service.</param>
/// <param name="CallCount">How many spans of the child have a parent in the parent.</param>
public sealed record Dependency(string Parent, string Child, long CallCount);

/// <summary>Reads traces.</summary>
public interface ITraceStore
{
    /// <summary>The names of all services, sorted.</summary>
    IReadOnlyList<string> Services();

    /// <summary>What the service does, sorted by name.</summary>
    IReadOnlyList<Operation> Operations(string service);

    /// <summary>The trace, or null.</summary>
    Trace? Find(UInt128 id);

    /// <summary>The traces wanted, the newest first.</summary>
    IReadOnlyList<Trace> Search(TraceQuery query, CancellationToken cancellationToken);

    /// <summary>The calls within the traces that lie between the times (in nanoseconds since 1970-01-01T00:00:00Z).</summary>
    IReadOnlyList<Dependency> Dependencies(long fromNanos, long toNanos, CancellationToken cancellationToken);
}
