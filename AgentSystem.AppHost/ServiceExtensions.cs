using AgentSystem.AppHost.Backends;

namespace AgentSystem.AppHost;

/// <summary>What the system's own services have in common.</summary>
internal static class ServiceExtensions
{
    /// <summary>The port that a published service listens on, as the settings under <c>infra/</c> have it. In a run each process gets a free one.</summary>
    public const int PublishedPort = 8080;

    /// <summary>Adds a service: one HTTP address, its health, and the key that it asks callers for.</summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> apiKey) where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, launchProfileName: null)
            .WithHttpEndpoint(targetPort: builder.ExecutionContext.IsPublishMode ? PublishedPort : null)
            .WithHealth("/health")
            .WithEnvironment("API_KEY", apiKey);

    /// <summary>Sends the service's traces and logs to the collector. Without one they go where the engine says, to its dashboard, if it has one.</summary>
    public static IResourceBuilder<ProjectResource> WithTelemetry(this IResourceBuilder<ProjectResource> service, IResourceBuilder<IBackend> collector) =>
        service.WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            if (collector.IsThere())
            {
                variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.GetEndpoint("grpc");
                variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            }
            else if (service.ApplicationBuilder.DashboardOtlpUrl() is null)
            {
                // Nobody listens: an exporter would only hold up the end of its process.
                variables.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
                variables.Remove("OTEL_EXPORTER_OTLP_PROTOCOL");
            }

            if (context.ExecutionContext.IsPublishMode)
                variables["OTEL_SERVICE_NAME"] = service.Resource.Name;
        });

    /// <summary>Lets the service read and write the volume that tasks travel over.</summary>
    public static IResourceBuilder<ProjectResource> WithSharedVolume(this IResourceBuilder<ProjectResource> service, Storage storage) =>
        service
            .WithPublishedVolume(storage.SharedVolume)
            .WithEnvironment("SHARED_DIR", storage.SharedVolume)
            .WithEnvironment("Agents__AllowedRoots", storage.AllowedRoots);

    /// <summary>Gives the orchestrator the place of its journal.</summary>
    public static IResourceBuilder<ProjectResource> WithJournal(this IResourceBuilder<ProjectResource> orchestrator, Storage storage) =>
        orchestrator
            .WithPublishedVolume(Path.GetDirectoryName(storage.Journal)!)
            .WithEnvironment("ORCHESTRATOR_DB", storage.Journal);

    /// <summary>Where Aspire's dashboard takes telemetry in this run, or null.</summary>
    public static string? DashboardOtlpUrl(this IDistributedApplicationBuilder builder) => builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is { Length: > 0 } url ? url : null;

    // A process finds its folders on the machine; in a container it needs a volume there.
    private static IResourceBuilder<ProjectResource> WithPublishedVolume(this IResourceBuilder<ProjectResource> service, string folder) =>
        service.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? service.WithAnnotation(new ContainerMountAnnotation(Storage.VolumeOf(folder), folder, ContainerMountType.Volume, isReadOnly: false))
            : service;
}
