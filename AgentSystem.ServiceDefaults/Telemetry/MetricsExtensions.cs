using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using Prometheus;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>Metrics: prometheus-net on <c>/metrics</c>, and those of .NET over OTLP when there is somewhere to send them.</summary>
internal static class MetricsExtensions
{
    internal static void AddMetrics(this IHostApplicationBuilder builder, ServiceIdentity identity)
    {
        // A test that wants counters of its own registers a registry before it calls AddServiceDefaults.
        builder.Services.TryAddSingleton(Metrics.DefaultRegistry);
        builder.Services.TryAddSingleton<IMetricFactory>(services => Metrics.WithCustomRegistry(services.GetRequiredService<CollectorRegistry>()));
        if (builder.Configuration.Exports("METRICS"))
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddRuntimeInstrumentation()
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddOtlpExporter());
    }

    internal static void MapPrometheus(this WebApplication app) =>
        app.MapMetrics("/metrics", app.Services.GetRequiredService<CollectorRegistry>()).AllowAnonymous();
}
