using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Configuration;
using AgentSystem.Workers.Status;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentSystem.Workers.Chaos;

/// <summary>The faults that a worker does to itself.</summary>
internal static class ChaosExtensions
{
    /// <summary>Adds them where that is enabled. Without it the worker's clock is the machine's, and nothing stands between it and its work.</summary>
    internal static void AddChaos(this WebApplicationBuilder builder)
    {
        if (!builder.Configuration.IsChaosEnabled())
            return;
        var services = builder.Services;
        var known = services.LastOrDefault(service => service.ServiceType == typeof(TimeProvider))?.ImplementationInstance as TimeProvider;
        var clock = new SkewableClock(known ?? TimeProvider.System);
        services.AddSingleton(clock);
        services.AddSingleton<TimeProvider>(clock);

        services.TryAddSingleton<IDeath, Kill>();
        services.AddFault<SlowAgent>().AddSingleton<IAttemptFault>(s => s.GetRequiredService<SlowAgent>());
        services.AddFault<FailingAgent>().AddSingleton<IAttemptFault>(s => s.GetRequiredService<FailingAgent>());
        services.AddFault<StuckTask>().AddSingleton<IAttemptFault>(s => s.GetRequiredService<StuckTask>());
        services.AddFault<DroppedLines>().AddSingleton<ILineFault>(s => s.GetRequiredService<DroppedLines>());
        services.AddFault<ClaudeErrors>().AddSingleton<IModelFault>(s => s.GetRequiredService<ClaudeErrors>());
        services.AddFault<ClockSkew>().AddFault<MemoryHog>().AddFault<CpuBurner>().AddFault<CrashLoop>();
        services.AddFault<WorkerDown>().AddHostedService(s => s.GetRequiredService<WorkerDown>());
        services.AddFaultRunner(s => s.GetRequiredService<SharedVolume>(), s => s.GetRequiredService<WorkerIdentity>().Worker, clock.Actual);
    }
}
