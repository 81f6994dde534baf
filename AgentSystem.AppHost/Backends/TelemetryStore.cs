namespace AgentSystem.AppHost.Backends;

/// <summary>The stand-in for the collector, Jaeger and Loki on a machine that has none of them.</summary>
internal static class TelemetryStoreExtensions
{
    /// <summary>Adds the telemetry store where one of those is left out for it, and returns null elsewhere.</summary>
    public static IResourceBuilder<ProjectResource>? AddTelemetryStore(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> apiKey, Storage storage,
        params IResourceBuilder<IBackend>[] standsInFor)
    {
        if (!standsInFor.Any(backend => backend.Resource is NativeBackend { HasStandIn: true }))
            return null;

        var store = builder.AddService<Projects.AgentSystem_TelemetryStore>(name, apiKey)
            .WithEndpoint(name: "otlp-grpc") // tcp, since it is no address of the service's own API
            .WithEndpoint(name: "otlp-http");
        return store
            .WithEnvironment("SHARED_DIR", storage.SharedVolume)
            .WithEnvironment("TelemetryStore__Folder", storage.DataFolder(name))
            .WithEnvironment("TelemetryStore__OtlpGrpcUrl", $"http://127.0.0.1:{store.GetEndpoint("otlp-grpc").Property(EndpointProperty.TargetPort)}")
            .WithEnvironment("TelemetryStore__OtlpHttpUrl", $"http://127.0.0.1:{store.GetEndpoint("otlp-http").Property(EndpointProperty.TargetPort)}")
            .WithEnvironment("TelemetryStore__Sampling__Enabled", builder.IsSampling() ? "true" : "false")
            .WithEnvironment(context =>
            {
                // Its own spans would come back to it for ever.
                context.EnvironmentVariables.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
                context.EnvironmentVariables.Remove("OTEL_EXPORTER_OTLP_PROTOCOL");
            });
    }
}
