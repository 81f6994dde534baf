using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.ServiceDefaults.Backends;

/// <summary>What Jaeger's HTTP query API answers, as far as we read it: https://www.jaegertracing.io/docs/latest/apis/.</summary>
/// <param name="Data">The traces, or null beside errors.</param>
/// <param name="Errors">What went wrong.</param>
public sealed record JaegerAnswer(IReadOnlyList<JaegerTrace>? Data, IReadOnlyList<JaegerError>? Errors);

/// <summary>What went wrong.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Msg">In words.</param>
public sealed record JaegerError(int? Code, string? Msg);

/// <summary>A trace.</summary>
/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="Spans">In no order.</param>
/// <param name="Processes">Who made them, by <see cref="JaegerSpan.ProcessId"/>.</param>
public sealed record JaegerTrace(
    [property: JsonPropertyName("traceID")] string? TraceId, IReadOnlyList<JaegerSpan>? Spans, IReadOnlyDictionary<string, JaegerProcess>? Processes);

/// <summary>Who made a span.</summary>
/// <param name="ServiceName">The service.</param>
/// <param name="Tags">Its resource attributes.</param>
public sealed record JaegerProcess(string? ServiceName, IReadOnlyList<JaegerTag>? Tags);

/// <summary>A span.</summary>
/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="SpanId">16 hexadecimal digits.</param>
/// <param name="OperationName">What is done.</param>
/// <param name="References">Parents and links.</param>
/// <param name="StartTime">Microseconds since the Unix epoch.</param>
/// <param name="Duration">Microseconds.</param>
/// <param name="Tags">Its attributes.</param>
/// <param name="Logs">What happened during it.</param>
/// <param name="Warnings">What Jaeger noticed about it.</param>
/// <param name="ProcessId">A key of <see cref="JaegerTrace.Processes"/>.</param>
public sealed record JaegerSpan(
    [property: JsonPropertyName("traceID"), JsonRequired] string TraceId,
    [property: JsonPropertyName("spanID"), JsonRequired] string SpanId,
    string? OperationName,
    IReadOnlyList<JaegerReference>? References,
    long StartTime,
    long Duration,
    IReadOnlyList<JaegerTag>? Tags,
    IReadOnlyList<JaegerLog>? Logs,
    IReadOnlyList<string>? Warnings,
    [property: JsonPropertyName("processID")] string? ProcessId)
{
    /// <summary>When it began (UTC).</summary>
    [JsonIgnore]
    public DateTimeOffset Start => DateTimeOffset.UnixEpoch.AddMicroseconds(StartTime);

    /// <summary>How long it took; never negative.</summary>
    [JsonIgnore]
    public TimeSpan Took => TimeSpan.FromMicroseconds(Math.Max(0, Duration));

    /// <summary>The span of the same trace that it is part of; null at the root.</summary>
    [JsonIgnore]
    public string? ParentId => (References ?? []).FirstOrDefault(r => r.RefType == "CHILD_OF" && r.TraceId == TraceId)?.SpanId;
}

/// <summary>From a span to another one.</summary>
/// <param name="RefType"><c>CHILD_OF</c> or <c>FOLLOWS_FROM</c>.</param>
/// <param name="TraceId">The other one's trace.</param>
/// <param name="SpanId">The other one.</param>
public sealed record JaegerReference(
    string? RefType, [property: JsonPropertyName("traceID")] string? TraceId, [property: JsonPropertyName("spanID")] string? SpanId);

/// <summary>Something that happened during a span.</summary>
/// <param name="Timestamp">Microseconds since the Unix epoch.</param>
/// <param name="Fields">What.</param>
public sealed record JaegerLog(long Timestamp, IReadOnlyList<JaegerTag>? Fields);

/// <summary>An attribute.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Text, a number or a boolean.</param>
public sealed record JaegerTag([property: JsonRequired] string Key, JsonElement Value)
{
    /// <summary>All of them as text; of several with one name, the last.</summary>
    public static Dictionary<string, string> Read(IReadOnlyList<JaegerTag>? tags)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags ?? [])
            read[tag.Key] = tag.Value.ValueKind switch
            {
                JsonValueKind.String => tag.Value.GetString()!,
                JsonValueKind.Undefined => "",
                _ => tag.Value.GetRawText(),
            };
        return read;
    }
}

/// <summary>How they are read; and the tags of a search, how they are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JaegerAnswer))]
[JsonSerializable(typeof(Dictionary<string, string>))]
public sealed partial class JaegerJson : JsonSerializerContext;
