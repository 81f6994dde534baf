using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Traces;

/// <summary>What Jaeger's collector makes of spans that say too little (internal/jptrace/sanitizer).</summary>
internal static class SpanRules
{
    internal const string ServiceName = "service.name";

    internal static string NameOf(Span span) => span.Name.Length == 0 ? "empty-span-name" : span.Name;

    internal static string ServiceOf(Resource resource)
    {
        foreach (var (key, value) in resource.Attributes)
            if (key == ServiceName)
                return value.Kind != AnyValueKind.Text ? "service-name-wrong-type" : value.Text.Length == 0 ? "empty-service-name" : value.Text;
        return "missing-service-name";
    }

    /// <summary>When it ended, at least a nanosecond after its start.</summary>
    internal static long EndOf(Span span) => span.EndNanos > span.StartNanos ? span.EndNanos : span.StartNanos + 1;

    internal static string KindName(SpanKind kind) => kind switch
    {
        SpanKind.Internal => "internal",
        SpanKind.Server => "server",
        SpanKind.Client => "client",
        SpanKind.Producer => "producer",
        SpanKind.Consumer => "consumer",
        _ => "",
    };
}
