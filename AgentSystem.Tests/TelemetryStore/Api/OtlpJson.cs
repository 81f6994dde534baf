using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>Builds OTLP's JSON.</summary>
internal static class OtlpJson
{
    public static string NewTraceId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public static string NewSpanId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public static string NewService() => "service-" + NewSpanId();

    /// <summary>Nanoseconds since 1970-01-01T00:00:00Z, some seconds before now and on a full microsecond.</summary>
    public static long Now { get; } = (DateTimeOffset.UtcNow.AddSeconds(-10) - DateTimeOffset.UnixEpoch).Ticks / 10 * 1000;

    public static JsonObject Resource(string service, JsonObject[] spans, params (string Key, JsonNode Value)[] attributes) => new()
    {
        ["resource"] = new JsonObject { ["attributes"] = Attributes([("service.name", Text(service)), .. attributes]) },
        ["scopeSpans"] = new JsonArray(new JsonObject
        {
            ["scope"] = new JsonObject { ["name"] = "tests", ["version"] = "1.0" },
            ["spans"] = new JsonArray([.. spans]),
        }),
    };

    public static JsonObject Span(string trace, string name, string? id = null, string? parent = null, long start = 0, long micros = 1000, int kind = 1,
        params (string Key, JsonNode Value)[] attributes) => new()
        {
            ["traceId"] = trace,
            ["spanId"] = id ?? NewSpanId(),
            ["parentSpanId"] = parent ?? "",
            ["name"] = name,
            ["kind"] = kind,
            ["startTimeUnixNano"] = Nanos(start == 0 ? Now : start),
            ["endTimeUnixNano"] = Nanos((start == 0 ? Now : start) + micros * 1000),
            ["attributes"] = Attributes(attributes),
        };

    public static JsonArray Attributes((string Key, JsonNode Value)[] attributes) =>
        [.. attributes.Select(a => new JsonObject { ["key"] = a.Key, ["value"] = a.Value })];

    public static JsonObject Text(string value) => new() { ["stringValue"] = value };

    public static JsonObject Whole(long value) => new() { ["intValue"] = value.ToString(CultureInfo.InvariantCulture) };

    public static string Nanos(long value) => value.ToString(CultureInfo.InvariantCulture);
}
