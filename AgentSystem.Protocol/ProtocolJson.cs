using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.Protocol;

/// <summary>
/// How the protocol is written as JSON: snake case, enums as lower-case words, times in UTC with milliseconds and a <c>Z</c>.
/// Source-generated, so that ahead-of-time compiled agents and hooks can use it.
/// </summary>
/// <remarks>
/// Source-generated readers hand <c>init</c> properties to the constructor, where an absent field becomes <c>default</c> and not what the
/// property's initializer says (and extension data cannot go at all): such properties have <c>set</c>.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(UtcTimestampConverter)],
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(AgentTask))]
[JsonSerializable(typeof(TaskResult))]
[JsonSerializable(typeof(StatusLine))]
[JsonSerializable(typeof(WorkerHeartbeat))]
[JsonSerializable(typeof(DeadTask))]
[JsonSerializable(typeof(FaultOrder))]
[JsonSerializable(typeof(QuarantineReason))]
public sealed partial class ProtocolJson : JsonSerializerContext;

/// <summary>Writes an enum as its lower-case name and reads nothing else: a number is not a name.</summary>
public sealed class LowerCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;

/// <summary>Times as <c>2026-11-23T19:28:39.123Z</c>; any ISO 8601 offset is accepted when reading.</summary>
public sealed class UtcTimestampConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset().ToUniversalTime();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToUniversalTime().ToString(Format, CultureInfo.InvariantCulture));
}
