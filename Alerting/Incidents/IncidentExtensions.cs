using AgentSystem.ServiceDefaults.Security;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.Alerting.Incidents;

/// <summary>Registers what incidents need.</summary>
internal static class IncidentExtensions
{
    internal static void AddIncidents(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AlertingOptions>()
            .BindConfiguration(AlertingOptions.Section)
            .Configure<IConfiguration>(static (options, configuration) => options.Database = configuration[AlertingOptions.DatabaseVariable] ?? options.Database)
            .ValidateDataAnnotations()
            .Validate(static options => options.CanHearInTime, AlertingOptions.CannotHearInTime)
            .ValidateOnStart();
        builder.Services.AddHttpClient(InjectedFaults.Client).AddApiKey();
        builder.Services.AddSingleton<InjectedFaults>();
        builder.Services.AddSingleton<IncidentStore>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<IncidentStore>());
        builder.Services.AddSingleton<Watchdog>();
        builder.Services.AddSingleton<IncidentDesk>();
        builder.Services.AddHttpClient(IncidentWatch.Alertmanager);
        builder.Services.AddSingleton<IncidentWatch>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<IncidentWatch>());
        builder.Services.AddHealthChecks().AddCheck<StoreHealth>("incidents");
    }

    /// <summary>Whether incidents can be kept.</summary>
    private sealed class StoreHealth(IncidentStore store) : IHealthCheck
    {
        /// <inheritdoc/>
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                var active = await store.ReadAsync(session => session.Active().Count, cancellationToken);
                return HealthCheckResult.Healthy($"kept on disk; {active} are not over");
            }
            catch (IncidentStoreException e)
            {
                return HealthCheckResult.Unhealthy(e.Message, e);
            }
        }
    }
}
