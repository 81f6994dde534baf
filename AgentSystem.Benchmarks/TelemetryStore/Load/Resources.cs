using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.Benchmarks.TelemetryStore.Load;

/// <summary>What our processes say of themselves in OTLP.</summary>
internal static class Resources
{
    internal static ProtoWriter Of(string service, int instance) => new ProtoWriter()
        .Message(1, Attribute("service.name", service))
        .Message(1, Attribute("service.instance.id", $"{service}-{instance}"))
        .Message(1, Attribute("deployment.environment.name", "benchmark"))
        .Message(1, Attribute("telemetry.sdk.name", "opentelemetry"))
        .Message(1, Attribute("telemetry.sdk.language", "dotnet"));

    internal static ProtoWriter Attribute(string key, string value) => new ProtoWriter().Text(1, key).Message(2, new ProtoWriter().Text(1, value));
}
