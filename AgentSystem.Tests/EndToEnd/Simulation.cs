using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.EndToEnd;

/// <summary>Lets a system do work that sleeps and fails on request, and notice a dead worker within seconds.</summary>
internal static class Simulation
{
    internal static void Enable(IDistributedApplicationTestingBuilder builder)
    {
        const string lease = "00:00:03";
        var orchestrator = builder.CreateResourceBuilder<ProjectResource>("orchestrator").WithEnvironment("Orchestrator__LeaseDuration", lease);
        foreach (var name in RunningSystem.Workers)
        {
            orchestrator.WithEnvironment($"Orchestrator__Workers__{name}", "*,sleep,fail");
            builder.CreateResourceBuilder<ProjectResource>(name)
                .WithEnvironment("Worker__EnableTestAgent", "true")
                .WithEnvironment("Worker__LeaseDuration", lease);
        }
    }
}
