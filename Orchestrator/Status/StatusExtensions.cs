using System.Runtime.Versioning;

namespace AgentSystem.Orchestrator.Status;

/// <summary>Registers the readers of the pipes.</summary>
internal static class StatusExtensions
{
    [UnsupportedOSPlatform("windows")]
    internal static void AddStatusPipes(this IServiceCollection services)
    {
        services.AddSingleton<RejectedLines>();
        services.AddSingleton<StatusLines>();
        services.AddSingleton<StatusPipes>();
        services.AddHostedService(static provider => provider.GetRequiredService<StatusPipes>());
    }
}
