using AgentSystem.ServiceDefaults.Health;
using AgentSystem.ServiceDefaults.Instrumentation;
using AgentSystem.ServiceDefaults.Security;
using AgentSystem.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;

namespace AgentSystem.ServiceDefaults;

/// <summary>The two calls that every service of the system makes.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds telemetry, health checks, resilience, service discovery, the API key and <see cref="TaskInstrumentation"/>.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var identity = ServiceIdentity.From(builder);
        builder.Services.AddSingleton(identity);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<TaskInstrumentation>();

        builder.AddTracing(identity);
        builder.AddMetrics();
        builder.AddLogs(identity);
        builder.AddDefaultHealthChecks();
        builder.AddApiKeyAuthentication();
        builder.AddLoopbackUrl();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // A request that changes something is sent again only by those who know that it may be.
            http.AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods());
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>Maps <c>/health</c>, <c>/alive</c> and <c>/metrics</c>, the only endpoints that need no API key, and <c>/login</c>.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseProblemDetails();
        app.MapProbes();
        app.MapLogin();
        return app;
    }

    /// <summary>Maps <c>/health</c>, <c>/alive</c> and <c>/metrics</c> alone, for a service that lets people in and tells errors in its own way.</summary>
    public static WebApplication MapProbes(this WebApplication app)
    {
        app.MapHealth();
        app.MapPrometheus();
        return app;
    }
}
