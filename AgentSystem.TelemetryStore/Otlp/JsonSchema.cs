using System.Text.Json;

namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>How a field is written in JSON.</summary>
internal enum JsonType
{
    Message,
    Text,
    Hex,
    Base64,
    Bool,
    Integer,
    Fixed32,
    Fixed64,
    Number,
}

/// <summary>The members of OTLP's messages with their field numbers (opentelemetry-proto v1.9.0), as far as something is made of them.</summary>
internal sealed class JsonSchema
{
    private readonly Field[] _fields;

    private JsonSchema(params Field[] fields) => _fields = fields;

    private static readonly JsonSchema AnyValue = new(
        new("stringValue", 1, JsonType.Text), new("boolValue", 2, JsonType.Bool), new("intValue", 3, JsonType.Integer),
        new("doubleValue", 4, JsonType.Number), One("arrayValue", 5, () => ArrayValue!), One("kvlistValue", 6, () => KeyValueList!),
        new("bytesValue", 7, JsonType.Base64));

    private static readonly JsonSchema ArrayValue = new(Many("values", 1, () => AnyValue));

    private static readonly JsonSchema KeyValue = new(new("key", 1, JsonType.Text), One("value", 2, () => AnyValue));

    private static readonly JsonSchema KeyValueList = new(Many("values", 1, () => KeyValue));

    private static readonly JsonSchema Resource = new(Many("attributes", 1, () => KeyValue), new("droppedAttributesCount", 2, JsonType.Integer));

    private static readonly JsonSchema Scope = new(
        new("name", 1, JsonType.Text), new("version", 2, JsonType.Text), Many("attributes", 3, () => KeyValue),
        new("droppedAttributesCount", 4, JsonType.Integer));

    private static readonly JsonSchema SpanEvent = new(
        new("timeUnixNano", 1, JsonType.Fixed64), new("name", 2, JsonType.Text), Many("attributes", 3, () => KeyValue),
        new("droppedAttributesCount", 4, JsonType.Integer));

    private static readonly JsonSchema SpanLink = new(
        new("traceId", 1, JsonType.Hex), new("spanId", 2, JsonType.Hex), new("traceState", 3, JsonType.Text),
        Many("attributes", 4, () => KeyValue), new("droppedAttributesCount", 5, JsonType.Integer), new("flags", 6, JsonType.Fixed32));

    private static readonly JsonSchema Status = new(new("message", 2, JsonType.Text), new("code", 3, JsonType.Integer));

    private static readonly JsonSchema Span = new(
        new("traceId", 1, JsonType.Hex), new("spanId", 2, JsonType.Hex), new("traceState", 3, JsonType.Text), new("parentSpanId", 4, JsonType.Hex),
        new("name", 5, JsonType.Text), new("kind", 6, JsonType.Integer), new("startTimeUnixNano", 7, JsonType.Fixed64),
        new("endTimeUnixNano", 8, JsonType.Fixed64), Many("attributes", 9, () => KeyValue), new("droppedAttributesCount", 10, JsonType.Integer),
        Many("events", 11, () => SpanEvent), new("droppedEventsCount", 12, JsonType.Integer), Many("links", 13, () => SpanLink),
        new("droppedLinksCount", 14, JsonType.Integer), One("status", 15, () => Status), new("flags", 16, JsonType.Fixed32));

    private static readonly JsonSchema LogRecord = new(
        new("timeUnixNano", 1, JsonType.Fixed64), new("severityNumber", 2, JsonType.Integer), new("severityText", 3, JsonType.Text),
        One("body", 5, () => AnyValue), Many("attributes", 6, () => KeyValue), new("droppedAttributesCount", 7, JsonType.Integer),
        new("flags", 8, JsonType.Fixed32), new("traceId", 9, JsonType.Hex), new("spanId", 10, JsonType.Hex),
        new("observedTimeUnixNano", 11, JsonType.Fixed64));

    // Data points are counted, not read.
    private static readonly JsonSchema DataPoint = new();

    private static readonly JsonSchema DataPoints = new(Many("dataPoints", 1, () => DataPoint));

    private static readonly JsonSchema Metric = new(
        new("name", 1, JsonType.Text), One("gauge", 5, () => DataPoints), One("sum", 7, () => DataPoints), One("histogram", 9, () => DataPoints),
        One("exponentialHistogram", 10, () => DataPoints), One("summary", 11, () => DataPoints));

    internal static readonly JsonSchema TracesRequest = Request("resourceSpans", "scopeSpans", "spans", Span);
    internal static readonly JsonSchema LogsRequest = Request("resourceLogs", "scopeLogs", "logRecords", LogRecord);
    internal static readonly JsonSchema MetricsRequest = Request("resourceMetrics", "scopeMetrics", "metrics", Metric);

    /// <summary>The field of the member whose name the reader is at, or null.</summary>
    internal Field? Find(ref Utf8JsonReader json)
    {
        foreach (var field in _fields)
            if (json.ValueTextEquals(field.Name))
                return field;
        return null;
    }

    private static JsonSchema Request(string resources, string scopes, string items, JsonSchema item)
    {
        var scope = new JsonSchema(One("scope", 1, () => Scope), Many(items, 2, () => item));
        var resource = new JsonSchema(One("resource", 1, () => Resource), Many(scopes, 2, () => scope));
        return new(Many(resources, 1, () => resource));
    }

    private static Field One(string name, int number, Func<JsonSchema> message) => new(name, number, JsonType.Message) { Message = message };

    private static Field Many(string name, int number, Func<JsonSchema> message) => One(name, number, message) with { IsRepeated = true };

    /// <summary>A member.</summary>
    /// <param name="Name">Its name in JSON.</param>
    /// <param name="Number">Its number in protobuf.</param>
    /// <param name="Type">How it is written.</param>
    internal sealed record Field(string Name, int Number, JsonType Type)
    {
        /// <summary>Whether it is an array.</summary>
        internal bool IsRepeated { get; init; }

        /// <summary>What it consists of; a function, for values can lie within values.</summary>
        internal Func<JsonSchema>? Message { get; init; }
    }
}
