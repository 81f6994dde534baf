using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Traces;

/// <summary>Spans of one trace and one resource that came together: what is stored, found and decided as one.</summary>
public sealed class SpanRow
{
    /// <summary>The trace.</summary>
    public required UInt128 TraceId { get; init; }

    /// <summary>The resource, as it came.</summary>
    public required ReadOnlyMemory<byte> Resource { get; init; }

    /// <summary>The resource's service.</summary>
    public required string Service { get; init; }

    /// <summary>Operations that the service may not have had before.</summary>
    public required IReadOnlyCollection<Operation> Operations { get; init; }

    /// <summary>The first start of a span, in nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public required long FirstStart { get; init; }

    /// <summary>The last start of a span, in nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public required long LastStart { get; init; }

    /// <summary>The last end of a span, in nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public required long LastEnd { get; init; }

    /// <summary>How many spans.</summary>
    public required int Count { get; init; }

    /// <summary>The words that find it, without the resource's.</summary>
    public required string Terms { get; init; }

    /// <summary>The spans by scope: OTLP's <c>ResourceSpans</c> without the resource.</summary>
    public required byte[] Scopes { get; init; }

    /// <summary>Whether a span speaks for keeping the trace whatever the rest of it says: it failed, or the task is urgent.</summary>
    public required bool IsNotable { get; init; }
}

/// <summary>What a service does.</summary>
/// <param name="Name">The spans' name.</param>
/// <param name="Kind">The spans' kind.</param>
public readonly record struct Operation(string Name, SpanKind Kind);
