namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>What sent the telemetry.</summary>
public sealed class Resource
{
    /// <summary>One that says nothing about itself.</summary>
    public static readonly Resource None = new();

    /// <summary>Its attributes, as they came.</summary>
    public KeyValue[] Attributes { get; init; } = [];

    /// <summary>The message as it came.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
}

/// <summary>The library that made the telemetry.</summary>
public sealed class Scope
{
    /// <summary>One that says nothing about itself.</summary>
    public static readonly Scope None = new();

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Its attributes, as they came.</summary>
    public KeyValue[] Attributes { get; init; } = [];

    /// <summary>How many attributes it lost.</summary>
    public uint DroppedAttributes { get; init; }

    /// <summary>The message as it came.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
}

/// <summary>The telemetry of one resource.</summary>
/// <param name="Resource">What sent it.</param>
/// <param name="Scopes">The telemetry by library.</param>
public sealed record ResourceGroup<T>(Resource Resource, IReadOnlyList<ScopeGroup<T>> Scopes);

/// <summary>The telemetry of one library of a resource.</summary>
/// <param name="Scope">The library.</param>
/// <param name="Items">What it made.</param>
public sealed record ScopeGroup<T>(Scope Scope, IReadOnlyList<T> Items);

/// <summary>OTLP's kinds of spans, by number.</summary>
public enum SpanKind
{
    /// <summary>Not said.</summary>
    Unspecified,
    /// <summary>Within an application.</summary>
    Internal,
    /// <summary>Handles a request.</summary>
    Server,
    /// <summary>Makes a request.</summary>
    Client,
    /// <summary>Sends a message.</summary>
    Producer,
    /// <summary>Takes a message.</summary>
    Consumer,
}

/// <summary>OTLP's status of a span, by number.</summary>
public enum StatusCode
{
    /// <summary>Nothing was said.</summary>
    Unset,
    /// <summary>It went well.</summary>
    Ok,
    /// <summary>It failed.</summary>
    Error,
}

/// <summary>OTLP's span. Times are nanoseconds since 1970-01-01T00:00:00Z.</summary>
public sealed record Span
{
    /// <summary>The trace; 0 when none was given.</summary>
    public UInt128 TraceId { get; init; }

    /// <summary>The span; 0 when none was given.</summary>
    public ulong SpanId { get; init; }

    /// <summary>The parent; 0 for a root.</summary>
    public ulong ParentSpanId { get; init; }

    /// <summary>W3C's tracestate.</summary>
    public string TraceState { get; init; } = "";

    /// <summary>What it does.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its kind.</summary>
    public SpanKind Kind { get; init; }

    /// <summary>When it began.</summary>
    public long StartNanos { get; init; }

    /// <summary>When it ended.</summary>
    public long EndNanos { get; init; }

    /// <summary>Its attributes, as they came.</summary>
    public KeyValue[] Attributes { get; init; } = [];

    /// <summary>What happened meanwhile.</summary>
    public SpanEvent[] Events { get; init; } = [];

    /// <summary>Spans that it has to do with.</summary>
    public SpanLink[] Links { get; init; } = [];

    /// <summary>How it went.</summary>
    public StatusCode Status { get; init; }

    /// <summary>Why it failed.</summary>
    public string StatusMessage { get; init; } = "";

    /// <summary>The message as it came; what is stored.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
}

/// <summary>Something that happened during a span.</summary>
/// <param name="TimeNanos">When, in nanoseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Name">What.</param>
/// <param name="Attributes">More about it.</param>
public sealed record SpanEvent(long TimeNanos, string Name, KeyValue[] Attributes);

/// <summary>A span that another one has to do with.</summary>
/// <param name="TraceId">Its trace.</param>
/// <param name="SpanId">Its id.</param>
/// <param name="Attributes">More about the link.</param>
public sealed record SpanLink(UInt128 TraceId, ulong SpanId, KeyValue[] Attributes);

/// <summary>OTLP's log record. Times are nanoseconds since 1970-01-01T00:00:00Z, 0 when unknown.</summary>
public sealed record LogRecord
{
    /// <summary>When it happened.</summary>
    public long TimeNanos { get; init; }

    /// <summary>When it was noticed.</summary>
    public long ObservedNanos { get; init; }

    /// <summary>1 (trace) to 24 (fatal); 0 when unknown.</summary>
    public int SeverityNumber { get; init; }

    /// <summary>The severity as the source writes it.</summary>
    public string SeverityText { get; init; } = "";

    /// <summary>The message.</summary>
    public AnyValue Body { get; init; }

    /// <summary>More about it.</summary>
    public KeyValue[] Attributes { get; init; } = [];

    /// <summary>How many attributes it lost.</summary>
    public uint DroppedAttributes { get; init; }

    /// <summary>W3C's trace flags in the lowest byte.</summary>
    public uint Flags { get; init; }

    /// <summary>The trace that it belongs to; 0 for none.</summary>
    public UInt128 TraceId { get; init; }

    /// <summary>The span that it belongs to; 0 for none.</summary>
    public ulong SpanId { get; init; }
}
