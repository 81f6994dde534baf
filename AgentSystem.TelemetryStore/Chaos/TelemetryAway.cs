using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;
using AgentSystem.TelemetryStore.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Chaos;

/// <summary><c>telemetry-away</c>: every connection is cut, whoever asks for whatever.</summary>
internal sealed class TelemetryAway : IFault
{
    private volatile bool _isAway;

    /// <inheritdoc/>
    public string Name => FaultCatalog.TelemetryAway;

    internal bool IsAway => _isAway;

    /// <inheritdoc/>
    public void Begin(FaultOrder order) => _isAway = true;

    /// <inheritdoc/>
    public void End() => _isAway = false;
}

/// <summary>The fault that the store does to itself, where that is enabled.</summary>
internal static class ChaosExtensions
{
    internal static void AddChaos(this IHostApplicationBuilder builder)
    {
        if (!builder.Configuration.IsChaosEnabled())
            return;
        builder.Services.AddFault<TelemetryAway>();
        builder.Services.AddFaultRunner(
            services => new SharedVolume(services.GetRequiredService<IOptions<TelemetryStoreOptions>>().Value.SharedDir), worker: _ => null);
    }

    internal static void UseChaos(this WebApplication app)
    {
        if (app.Services.GetService<TelemetryAway>() is not { } fault)
            return;
        app.Use((http, next) =>
        {
            if (!fault.IsAway)
                return next(http);
            http.Abort();
            return Task.CompletedTask;
        });
    }
}
