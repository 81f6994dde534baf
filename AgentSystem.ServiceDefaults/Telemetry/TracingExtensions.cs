using AgentSystem.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>Traces: our own spans, those of HTTP servers and clients, and OTLP when there is somewhere to send them.</summary>
internal static class TracingExtensions
{
    // Probes and scrapes come every few seconds and say nothing about the work.
    private static readonly string[] Probes = ["/health", "/alive", "/metrics"];

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
                    tracing.AddOtlpExporter();
            });

    private static bool IsProbe(string? path) => Probes.Contains(path, StringComparer.OrdinalIgnoreCase);
}
