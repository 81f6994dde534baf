using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>Registers what injects faults. The API is there in any case, to say that it is not enabled.</summary>
internal static class ChaosExtensions
{
    internal static void AddChaos(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ChaosOptions>().BindConfiguration(ChaosOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<FaultPlanner>();
        services.AddSingleton<FaultAudit>();
        services.AddSingleton<FaultGauge>();
        services.AddSingleton<FaultHub>();
        // First of all: it clears away what a process before this one has left.
        services.AddHostedService(provider => provider.GetRequiredService<FaultHub>());
        if (!builder.Configuration.IsChaosEnabled())
            return;
        if (!OperatingSystem.IsWindows())
            services.AddFault<FullPipe>();
        services.AddFault<FullDisk>();
        services.AddFaultRunner(provider => provider.GetRequiredService<SharedVolume>(), worker: _ => null);
    }
}
