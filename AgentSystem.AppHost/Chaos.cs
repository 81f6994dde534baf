namespace AgentSystem.AppHost;

/// <summary>Faults on purpose: <c>Chaos:Enabled</c> lets a run's own services do them to themselves. What is published never does.</summary>
internal static class ChaosExtensions
{
    private const string Setting = "Chaos:Enabled", Variable = "Chaos__Enabled";

    /// <summary>Tells the service whether faults may be injected, and so may have been.</summary>
    public static IResourceBuilder<ProjectResource> WithChaos(this IResourceBuilder<ProjectResource> service) =>
        service.ApplicationBuilder.IsChaosEnabled() ? service.WithEnvironment(Variable, "true") : service;

    /// <summary>Lets the orchestrator take the telemetry store away, where that is part of the run.</summary>
    public static IResourceBuilder<ProjectResource> WithChaosOf(this IResourceBuilder<ProjectResource> orchestrator, IResourceBuilder<ProjectResource>? store)
    {
        if (!orchestrator.ApplicationBuilder.IsChaosEnabled())
            return orchestrator;
        store?.WithChaos();
        return orchestrator.WithChaos().WithEnvironment("Chaos__HasTelemetryStore", store is null ? "false" : "true");
    }

    /// <exception cref="DistributedApplicationException">The setting is neither true nor false.</exception>
    private static bool IsChaosEnabled(this IDistributedApplicationBuilder builder)
    {
        if (builder.Configuration[Setting] is not { Length: > 0 } text || builder.ExecutionContext.IsPublishMode)
            return false;
        return bool.TryParse(text, out var enabled)
            ? enabled
            : throw new DistributedApplicationException($"{Setting}={text}: it has to be true or false.");
    }
}
