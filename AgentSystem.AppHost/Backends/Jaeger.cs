using AgentSystem.AppHost.Publishing;

namespace AgentSystem.AppHost.Backends;

internal static class JaegerExtensions
{
    /// <summary>Adds Jaeger, which keeps the traces.</summary>
    public static IResourceBuilder<IBackend> AddJaeger(this IDistributedApplicationBuilder builder, string name, Storage storage)
    {
        var jaeger = builder.AddBackend(
                name, "docker.io/jaegertracing/jaeger", "2.20.0", new(["jaeger"], "https://www.jaegertracing.io/download", HasStandIn: true, OnlyWith: ["otelcol-contrib", "loki"]), storage)
            .WithSettings("/etc/jaeger")
            .WithData("/tmp") // the only folder that the image's user can write to, also when a new volume is mounted there
            .WithPort(16686, isExternal: true)
            .WithPort(4317, "grpc")
            .WithPort(13133, "health")
            .WithPort(8888, "metrics")
            .WithHealth("/status", "health")
            .WithAnnotation(new PublishedLimits("1.0", "1G"))
            .WithUrlForEndpoint("http", url => url.DisplayText = "Jaeger");
        return jaeger
            .WithArgs($"--config={jaeger.Resource.PathOf("/etc/jaeger")}/jaeger.yaml")
            .WhenNative(native => native
                .WithEndpoint(name: "otlp-http", scheme: "http")
                .WithEndpoint(name: "query-grpc", scheme: "http")
                .WithEnvironment("JAEGER_DATA", native.Resource.PathOf("/tmp"))
                .WithEnvironment("JAEGER_OTLP_GRPC_ENDPOINT", $"127.0.0.1:{native.Listening("grpc")}")
                .WithEnvironment("JAEGER_OTLP_HTTP_ENDPOINT", $"127.0.0.1:{native.Listening("otlp-http")}")
                .WithEnvironment("JAEGER_QUERY_HTTP_ENDPOINT", $"127.0.0.1:{native.Listening()}")
                .WithEnvironment("JAEGER_QUERY_GRPC_ENDPOINT", $"127.0.0.1:{native.Listening("query-grpc")}")
                .WithEnvironment("JAEGER_HEALTH_ENDPOINT", $"127.0.0.1:{native.Listening("health")}")
                .WithEnvironment("JAEGER_METRICS_HOST", "127.0.0.1")
                .WithEnvironment("JAEGER_METRICS_PORT", $"{native.Listening("metrics")}"));
    }
}
