using AgentSystem.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>Traces: our own spans, those of HTTP servers and clients, and OTLP when there is somewhere to send them.</summary>
internal static class TracingExtensions
{
    // Probes and scrapes come every few seconds and say nothing about the work.
    private static readonly string[] Probes = ["/health", "/alive", "/metrics"];

    private const int WaitingSpans = 32_768;

    internal static void AddTracing(this IHostApplicationBuilder builder, ServiceIdentity identity) =>
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddAttributes(identity.Attributes))
            .WithTracing(tracing =>
            {
                tracing
                    .AddSource(TelemetryNames.SourcePattern)
                    .AddAspNetCoreInstrumentation(o => o.Filter = context => !IsProbe(context.Request.Path.Value))
                    .AddHttpClientInstrumentation(o => o.FilterHttpRequestMessage = request => !IsProbe(request.RequestUri?.AbsolutePath));
                if (builder.Configuration.Exports("TRACES"))
                    tracing.AddOtlpExporter(otlp => RoomForBursts(otlp, builder.Configuration));
            });

    /// <summary>
    /// A batch of ten thousand tasks makes spans faster than an exporter sends them; OpenTelemetry's default of 2,048 waiting spans would
    /// leave holes in their traces. <c>OTEL_BSP_MAX_QUEUE_SIZE</c> overrides.
    /// </summary>
    private static void RoomForBursts(OtlpExporterOptions otlp, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration["OTEL_BSP_MAX_QUEUE_SIZE"]))
            otlp.BatchExportProcessorOptions.MaxQueueSize = WaitingSpans;
    }

    private static bool IsProbe(string? path) => Probes.Contains(path, StringComparer.OrdinalIgnoreCase);
}
