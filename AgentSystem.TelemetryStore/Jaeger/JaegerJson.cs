using System.Globalization;
using System.Text.Json;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Traces;

namespace AgentSystem.TelemetryStore.Jaeger;

/// <summary>Writes traces as Jaeger's own page reads them (internal/uimodel).</summary>
internal static class JaegerJson
{
    // Beyond it JavaScript's numbers are no longer exact.
    private const long MaxSafeInteger = (1L << 53) - 1;
    private const string ReferenceType = "opentracing.ref_type";

    internal static void Write(Utf8JsonWriter json, JaegerTrace trace)
    {
        var processes = new Processes();
        json.WriteStartObject();
        json.WriteString("traceID", TraceIds.Text(trace.Id));
        json.WriteStartArray("spans");
        foreach (var span in trace.Spans)
            Write(json, trace.Id, span, processes.KeyOf(span.Process));
        json.WriteEndArray();
        json.WriteStartObject("processes");
        foreach (var (key, process) in processes.All)
        {
            json.WriteStartObject(key);
            json.WriteString("serviceName", process.Service);
            WriteTags(json, "tags", process.Attributes.Where(a => a.Key != SpanRules.ServiceName));
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteNull("warnings");
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, UInt128 traceId, JaegerSpan span, string process)
    {
        json.WriteStartObject();
        json.WriteString("traceID", TraceIds.Text(traceId));
        json.WriteString("spanID", TraceIds.Text(span.Id));
        json.WriteString("operationName", SpanRules.NameOf(span.Span));
        json.WriteStartArray("references");
        foreach (var (type, trace, id) in References(traceId, span))
        {
            json.WriteStartObject();
            json.WriteString("refType", type);
            json.WriteString("traceID", TraceIds.Text(trace));
            json.WriteString("spanID", TraceIds.Text(id));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("startTime", span.Start / 1000);
        json.WriteNumber("duration", (span.End - span.Start) / 1000);
        WriteTags(json, "tags", Tags(span));
        json.WriteStartArray("logs");
        foreach (var happened in span.Events)
        {
            json.WriteStartObject();
            json.WriteNumber("timestamp", happened.TimeNanos / 1000);
            WriteTags(json, "fields", Fields(happened));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("processID", process);
        if (span.Warnings.Count == 0)
            json.WriteNull("warnings");
        else
        {
            json.WriteStartArray("warnings");
            foreach (var warning in span.Warnings)
                json.WriteStringValue(warning);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    // The parent comes first; a link to it says of what kind the reference is.
    private static List<(string Type, UInt128 Trace, ulong Id)> References(UInt128 traceId, JaegerSpan span)
    {
        var references = new List<(string, UInt128, ulong)>();
        if (span.Parent != 0)
            references.Add(("CHILD_OF", traceId, span.Parent));
        foreach (var link in span.Links)
        {
            var type = SpanMatch.Has(link.Attributes, ReferenceType, "child_of") ? "CHILD_OF" : "FOLLOWS_FROM";
            if (span.Parent != 0 && link.TraceId == traceId && link.SpanId == span.Parent)
                references[0] = (type, traceId, span.Parent);
            else
                references.Add((type, link.TraceId, link.SpanId));
        }
        return references;
    }

    private static IEnumerable<KeyValue> Tags(JaegerSpan span)
    {
        if (span.Scope.Name.Length > 0)
            yield return Text("otel.scope.name", span.Scope.Name);
        if (span.Scope.Version.Length > 0)
            yield return Text("otel.scope.version", span.Scope.Version);
        foreach (var attribute in span.Attributes)
            yield return attribute;
        if (SpanRules.KindName(span.Span.Kind) is { Length: > 0 } kind)
            yield return Text("span.kind", kind);
        if (span.Span.Status != StatusCode.Unset)
            yield return Text("otel.status_code", span.Span.Status == StatusCode.Error ? "ERROR" : "OK");
        if (span.Span.Status == StatusCode.Error)
            yield return new("error", AnyValue.Of(true));
        if (span.Span.StatusMessage.Length > 0)
            yield return Text("otel.status_description", span.Span.StatusMessage);
        if (span.Span.TraceState.Length > 0)
            yield return Text("w3c.tracestate", span.Span.TraceState);
    }

    private static IEnumerable<KeyValue> Fields(SpanEvent happened)
    {
        if (happened.Name.Length > 0 && !Array.Exists(happened.Attributes, a => a.Key == "event"))
            yield return Text("event", happened.Name);
        foreach (var attribute in happened.Attributes)
            yield return attribute;
    }

    private static KeyValue Text(string key, string value) => new(key, AnyValue.Of(value));

    private static void WriteTags(Utf8JsonWriter json, string name, IEnumerable<KeyValue> tags)
    {
        json.WriteStartArray(name);
        foreach (var (key, value) in tags)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            Write(json, value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, AnyValue value)
    {
        switch (value.Kind)
        {
            case AnyValueKind.Bool:
                json.WriteString("type", "bool");
                json.WriteBoolean("value", value.Bool);
                break;
            case AnyValueKind.Whole:
                json.WriteString("type", "int64");
                if (value.Whole is > MaxSafeInteger or < -MaxSafeInteger)
                    json.WriteString("value", value.Whole.ToString(CultureInfo.InvariantCulture));
                else
                    json.WriteNumber("value", value.Whole);
                break;
            case AnyValueKind.Number:
                json.WriteString("type", "float64");
                if (double.IsFinite(value.Number))
                    json.WriteNumber("value", value.Number);
                else
                    json.WriteString("value", value.ToString());
                break;
            case AnyValueKind.Bytes:
                json.WriteString("type", "binary");
                json.WriteBase64String("value", value.Bytes);
                break;
            default:
                json.WriteString("type", "string");
                json.WriteString("value", value.ToString());
                break;
        }
    }

    /// <summary>Gives processes that say the same of themselves the same key: p1, p2 …</summary>
    private sealed class Processes
    {
        private readonly Dictionary<JaegerProcess, string> _keys = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<string, string> _same = new(StringComparer.Ordinal);

        internal SortedDictionary<string, JaegerProcess> All { get; } = new(StringComparer.Ordinal);

        internal string KeyOf(JaegerProcess process)
        {
            if (_keys.TryGetValue(process, out var key))
                return key;
            var content = string.Join('\0', process.Attributes.Where(a => a.Key != SpanRules.ServiceName).Select(a => $"{a.Key}\0{a.Value.Kind}\0{a.Value}").Prepend(process.Service));
            if (!_same.TryGetValue(content, out key))
            {
                key = string.Create(CultureInfo.InvariantCulture, $"p{_same.Count + 1}");
                _same[content] = key;
                All[key] = process;
            }
            return _keys[process] = key;
        }
    }
}
