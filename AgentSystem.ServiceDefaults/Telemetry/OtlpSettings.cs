using Microsoft.Extensions.Configuration;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>Whether a signal goes out over OTLP. How it goes (protocol, headers, timeouts) the exporters read from the same standard variables.</summary>
internal static class OtlpSettings
{
    /// <summary>
    /// True when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set and <c>OTEL_{signal}_EXPORTER</c> is not <c>none</c>.
    /// </summary>
    /// <param name="configuration">The process's configuration.</param>
    /// <param name="signal"><c>TRACES</c>, <c>METRICS</c> or <c>LOGS</c>.</param>
    internal static bool Exports(this IConfiguration configuration, string signal) =>
        !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
        && !string.Equals(configuration[$"OTEL_{signal}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase);
}
