namespace AgentSystem.AppHost.Backends;

internal static class JaegerExtensions
{
    /// <summary>Adds Jaeger, which keeps the traces.</summary>
    public static IResourceBuilder<IBackend> AddJaeger(this IDistributedApplicationBuilder builder, string name, Storage storage)
    {
        var jaeger = builder.AddBackend(
                name, "docker.io/jaegertracing/jaeger", "2.20.0", new(["jaeger"], "https://www.jaegertracing.io/download"), storage)
            .WithSettings("/etc/jaeger")
            .WithData("/jaeger")
            .WithPort(16686, isExternal: true)
            .WithPort(4317, "grpc")
            .WithPort(13133, "health")
            .WithPort(8888, "metrics")
            .WithHealth("/status", "health")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Jaeger");
        return jaeger
            .WithArgs($"--config={jaeger.Resource.PathOf("/etc/jaeger")}/jaeger.yaml")
            .WhenNative(native => native
                .WithEnvironment("JAEGER_DATA", native.Resource.PathOf("/jaeger")));
    }
}
