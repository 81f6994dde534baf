using System.Text.Json;
using AgentSystem.ServiceDefaults.Backends;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Jaeger's HTTP query API, or the telemetry store's in its place: https://www.jaegertracing.io/docs/latest/apis/.</summary>
public sealed class JaegerClient(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
    : BackendClient(Backend.Jaeger, clients, health, time)
{
    /// <summary>A trace; <see cref="ProblemKind.NotFound"/> when it was not kept, or has not arrived yet.</summary>
    public async Task<Answer<Trace>> TraceAsync(string traceId, CancellationToken cancellationToken = default)
    {
        var answer = await GetAsync($"api/traces/{Uri.EscapeDataString(traceId)}", JaegerJson.Default.JaegerAnswer, cancellationToken);
        return answer.Map(a => a.Data is [var trace, ..] ? Trace.Read(trace) : new Trace(traceId, []));
    }

    /// <summary>Traces that match a search, as <c>GET /api/traces</c> takes it, for example <c>service=marie&amp;limit=20</c>.</summary>
    public async Task<Answer<IReadOnlyList<Trace>>> SearchAsync(string query, CancellationToken cancellationToken = default) =>
        (await GetAsync($"api/traces?{query}", JaegerJson.Default.JaegerAnswer, cancellationToken))
            .Map<IReadOnlyList<Trace>>(answer => [.. (answer.Data ?? []).Select(Trace.Read)]);

    /// <inheritdoc/>
    // {"data":null,"errors":[{"code":404,"msg":"trace not found"}]}
    protected override string ReadError(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, JaegerJson.Default.JaegerAnswer)?.Errors is [{ Msg: { } text }, ..] ? text : body;
        }
        catch (JsonException)
        {
            return body;
        }
    }
}

/// <summary>A trace as Jaeger has it.</summary>
/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="Spans">Its spans, in the order in which they began.</param>
public sealed record Trace(string TraceId, IReadOnlyList<Span> Spans)
{
    internal static Trace Read(JaegerTrace trace) => new(
        trace.TraceId ?? "", [.. (trace.Spans ?? []).Select(span => Read(span, trace)).OrderBy(span => span.Start)]);

    private static Span Read(JaegerSpan span, JaegerTrace trace)
    {
        var process = trace.Processes?.GetValueOrDefault(span.ProcessId ?? "");
        var references = (span.References ?? []).Select(r => new SpanReference(r.TraceId ?? "", r.SpanId ?? "", r.RefType ?? "")).ToList();
        return new Span
        {
            TraceId = span.TraceId,
            SpanId = span.SpanId,
            ParentId = span.ParentId,
            Name = span.OperationName ?? "",
            Service = process?.ServiceName ?? "",
            Start = span.Start,
            Duration = span.Took,
            Tags = JaegerTag.Read(span.Tags),
            References = references,
            Events = [.. (span.Logs ?? []).Select(log => new SpanEvent(DateTimeOffset.UnixEpoch.AddMicroseconds(log.Timestamp), JaegerTag.Read(log.Fields)))],
            Warnings = span.Warnings ?? [],
            ProcessTags = JaegerTag.Read(process?.Tags),
        };
    }
}

/// <summary>A span.</summary>
public sealed record Span
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 hexadecimal digits.</summary>
    public required string SpanId { get; init; }

    /// <summary>The span of the same trace that it is part of; null at the root.</summary>
    public string? ParentId { get; init; }

    /// <summary>What is done.</summary>
    public required string Name { get; init; }

    /// <summary>Who does it.</summary>
    public required string Service { get; init; }

    /// <summary>When it began, by the clock of whoever did it (UTC).</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>When it ended (UTC).</summary>
    public DateTimeOffset End => Start + Duration;

    /// <summary>Its attributes, as text.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>Parents and links, also to other traces.</summary>
    public IReadOnlyList<SpanReference> References { get; init; } = [];

    /// <summary>What happened during it.</summary>
    public IReadOnlyList<SpanEvent> Events { get; init; } = [];

    /// <summary>What Jaeger noticed about it, for example a clock that it corrected.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The attributes of whoever did it.</summary>
    public IReadOnlyDictionary<string, string> ProcessTags { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it ended with an error.</summary>
    public bool IsError => Tags.GetValueOrDefault("error") is "true" || Tags.GetValueOrDefault("otel.status_code") is "ERROR";
}

/// <summary>From a span to another one.</summary>
/// <param name="TraceId">The other one's trace.</param>
/// <param name="SpanId">The other one.</param>
/// <param name="Type"><c>CHILD_OF</c> or <c>FOLLOWS_FROM</c>; OpenTelemetry's links are the latter.</param>
public sealed record SpanReference(string TraceId, string SpanId, string Type);

/// <summary>Something that happened during a span.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Fields">What; <c>event</c> is its name.</param>
public sealed record SpanEvent(DateTimeOffset At, IReadOnlyDictionary<string, string> Fields);
