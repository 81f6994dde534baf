using AgentSystem.AppHost.Backends;
using Microsoft.Extensions.Configuration;

namespace AgentSystem.AppHost;

/// <summary>What the system's own services have in common.</summary>
internal static class ServiceExtensions
{
    /// <summary>The port that a published service listens on, as the settings under <c>infra/</c> have it. In a run each process gets a free one.</summary>
    public const int PublishedPort = 8080;

    /// <summary>Adds a service: one HTTP address, its health, and the key that it asks callers for.</summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> apiKey, int publishedPort = PublishedPort) where TProject : IProjectMetadata, new()
    {
        var service = builder.AddProject<TProject>(name, launchProfileName: null)
            .WithHttpEndpoint(targetPort: builder.ExecutionContext.IsPublishMode ? publishedPort : null)
            .WithAnnotation(new Backends.PublishedPort("http", publishedPort))
            .WithHealth("/health")
            .WithEnvironment("API_KEY", apiKey);
        // Without a launch profile a service would take itself to be in production, which is right only when it is published.
        return builder.ExecutionContext.IsRunMode ? service.WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName) : service;
    }

    /// <summary>Adds the console, which asks people for a token of its own: the key that services show each other is not for browsers.</summary>
    public static IResourceBuilder<ProjectResource> AddWebConsole(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> apiKey, IResourceBuilder<ParameterResource> token) =>
        builder.AddService<Projects.AgentSystem_WebConsole>(name, apiKey, publishedPort: 8081) // beside the orchestrator's on the machine that Compose runs on
            .WithExternalHttpEndpoints()
            .WithUrlForEndpoint("http", url => url.DisplayText = "Console")
            .WithEnvironment("Console__Token", token)
            .WithHostResources();

    /// <summary>Shows the repository's dashboards as they are now. A published console has those that it was built with.</summary>
    public static IResourceBuilder<ProjectResource> WithDashboards(this IResourceBuilder<ProjectResource> console, Storage storage) =>
        console.ApplicationBuilder.ExecutionContext.IsRunMode
            ? console.WithEnvironment("DASHBOARDS_DIR", Path.Combine(storage.Repository, "dashboards"))
            : console;

    /// <summary>
    /// Sends the service's traces and logs to the telemetry store, where it stands in for the others, else to the collector. Without either they
    /// go where the engine says: to its dashboard.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithTelemetry(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<IBackend> collector, IResourceBuilder<ProjectResource>? store,
        IResourceBuilder<ParameterResource> apiKey)
    {
        // What waits for the store is also stopped before it, so that its last lines still arrive.
        if (store is not null)
            service.WaitForStart(store);
        return service.WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            if (store is not null)
            {
                variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = ReferenceExpression.Create($"http://{store.GetEndpoint("otlp-grpc").Property(EndpointProperty.HostAndPort)}");
                variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
                // Exporters undo percent-encoding in this variable, and no other.
                variables["OTEL_EXPORTER_OTLP_HEADERS"] = variables.GetValueOrDefault("OTEL_EXPORTER_OTLP_HEADERS") is string given
                    ? ReferenceExpression.Create($"{given},x-api-key={apiKey:uri}")
                    : ReferenceExpression.Create($"x-api-key={apiKey:uri}");
            }
            else if (collector.IsThere())
            {
                variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.GetEndpoint("grpc");
                variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            }

            if (context.ExecutionContext.IsPublishMode)
                variables["OTEL_SERVICE_NAME"] = service.Resource.Name;
        });
    }

    /// <summary>Lets the service ask for traces and logs, wherever they are kept.</summary>
    public static IResourceBuilder<ProjectResource> WithTelemetrySources(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<IBackend> jaeger, IResourceBuilder<IBackend> loki, IResourceBuilder<ProjectResource>? store) =>
        service.WithEnvironment("JAEGER_URL", AddressOf(jaeger, store)).WithEnvironment("LOKI_URL", AddressOf(loki, store));

    private static EndpointReference AddressOf(IResourceBuilder<IBackend> backend, IResourceBuilder<ProjectResource>? store) =>
        store is not null && backend.Resource is NativeBackend { HasStandIn: true } ? store.GetEndpoint("http") : backend.GetEndpoint("http");

    /// <summary>How many processes each worker has: <c>Workers:Replicas</c>.</summary>
    /// <exception cref="DistributedApplicationException">It is less than one.</exception>
    public static int WorkerReplicas(this IDistributedApplicationBuilder builder) =>
        builder.Configuration.GetValue("Workers:Replicas", 1) is var replicas and >= 1
            ? replicas
            : throw new DistributedApplicationException($"Workers:Replicas={builder.Configuration["Workers:Replicas"]}: it has to be a whole number from 1 on.");

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

    /// <summary>Gives the alerting service the place of its incidents.</summary>
    public static IResourceBuilder<ProjectResource> WithIncidents(this IResourceBuilder<ProjectResource> alerting, Storage storage) =>
        alerting
            .WithPublishedVolume(Path.GetDirectoryName(storage.Incidents)!)
            .WithEnvironment("ALERTING_DB", storage.Incidents);

    /// <summary>Has messages about incidents lead to the console. Where a published one is reached only its people know.</summary>
    public static IResourceBuilder<ProjectResource> WithLinksTo(this IResourceBuilder<ProjectResource> alerting, IResourceBuilder<ProjectResource> console) =>
        alerting.ApplicationBuilder.ExecutionContext.IsRunMode ? alerting.WithEnvironment("Alerting__ConsoleUrl", console.GetEndpoint("http")) : alerting;

    /// <summary>Has the console's dashboards lead to Grafana's. Where browsers reach a published one only its people know: its containers' name for it is none of theirs.</summary>
    public static IResourceBuilder<ProjectResource> WithLinksTo(this IResourceBuilder<ProjectResource> console, IResourceBuilder<IBackend> grafana) =>
        console.ApplicationBuilder.ExecutionContext.IsRunMode ? console.WithEnvironment("GRAFANA_URL", grafana.GetEndpoint("http")) : console;

    /// <summary>Where Aspire's dashboard takes telemetry in this run, or null.</summary>
    public static string? DashboardOtlpUrl(this IDistributedApplicationBuilder builder) => builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is { Length: > 0 } url ? url : null;

    // A process finds its folders on the machine; in a container it needs a volume there.
    private static IResourceBuilder<ProjectResource> WithPublishedVolume(this IResourceBuilder<ProjectResource> service, string folder) =>
        service.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? service.WithAnnotation(new ContainerMountAnnotation(Storage.VolumeOf(folder), folder, ContainerMountType.Volume, isReadOnly: false))
            : service;
}
