using AgentSystem.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentSystem.ServiceDefaults.Chaos;

/// <summary>Lets a process do faults to itself, where that is enabled; elsewhere nothing of it is there.</summary>
public static class ChaosExtensions
{
    /// <summary>The setting that enables it: <c>true</c> or <c>false</c>, which is the default.</summary>
    public const string Setting = "Chaos:Enabled";

    /// <summary>Whether faults may be injected into this process.</summary>
    public static bool IsChaosEnabled(this IConfiguration configuration) => configuration.GetValue(Setting, false);

    /// <summary>Adds one fault that this process can do.</summary>
    public static IServiceCollection AddFault<TFault>(this IServiceCollection services)
        where TFault : class, IFault =>
        services.AddSingleton<TFault>().AddSingleton<IFault>(provider => provider.GetRequiredService<TFault>());

    /// <summary>Adds what begins and ends the faults.</summary>
    /// <param name="services">The services.</param>
    /// <param name="volume">Finds the shared volume.</param>
    /// <param name="worker">Says which worker this is; null for another process.</param>
    /// <param name="time">The machine's clock.</param>
    public static void AddFaultRunner(
        this IServiceCollection services, Func<IServiceProvider, SharedVolume> volume, Func<IServiceProvider, string?> worker, TimeProvider? time = null)
    {
        services.AddSingleton(provider => new FaultOrders(volume(provider), worker(provider), Clock(provider)));
        services.AddSingleton<IHostedService>(provider => new FaultRunner(
            provider.GetRequiredService<FaultOrders>(), provider.GetServices<IFault>(), Clock(provider), provider.GetRequiredService<ILogger<FaultRunner>>()));

        TimeProvider Clock(IServiceProvider provider) => time ?? provider.GetRequiredService<TimeProvider>();
    }
}
