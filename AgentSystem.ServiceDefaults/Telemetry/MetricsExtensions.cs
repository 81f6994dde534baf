using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using Prometheus;
using static System.Diagnostics.Activity;

namespace AgentSystem.ServiceDefaults.Telemetry;

/// <summary>Metrics: prometheus-net on <c>/metrics</c>, and those of .NET over OTLP when there is somewhere to send them.</summary>
internal static class MetricsExtensions
{
    internal static void AddMetrics(this IHostApplicationBuilder builder)
    {
        // prometheus-net's own bridges from .NET's meters and event counters, in place of which we have MeterBridge.
        Metrics.SuppressDefaultMetrics();
        // A test that wants counters of its own registers a registry before it calls AddServiceDefaults.
        builder.Services.TryAddSingleton(Metrics.DefaultRegistry);
        builder.Services.TryAddSingleton<IMetricFactory>(services =>
        {
            var factory = Metrics.WithCustomRegistry(services.GetRequiredService<CollectorRegistry>());
            factory.ExemplarBehavior = new() { DefaultExemplarProvider = (_, _) => TraceExemplar.Of(Current) };
            return factory;
        });
        builder.Services.AddSingleton<MeterBridge>();
        if (builder.Configuration.Exports("METRICS"))
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddRuntimeInstrumentation()
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddOtlpExporter());
    }

    internal static void MapPrometheus(this WebApplication app)
    {
        var registry = app.Services.GetRequiredService<CollectorRegistry>();
        DotNetStats.Register(registry);
        app.Services.GetRequiredService<MeterBridge>();
        app.MapMetrics("/metrics", registry).AllowAnonymous().DisableHttpMetrics();
    }
}
