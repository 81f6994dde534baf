using AgentSystem.AppHost.Publishing;

namespace AgentSystem.AppHost.Backends;

internal static class LokiExtensions
{
    /// <summary>Adds Loki, which keeps the logs.</summary>
    public static IResourceBuilder<IBackend> AddLoki(this IDistributedApplicationBuilder builder, string name, Storage storage)
    {
        var loki = builder.AddBackend(
                name, "docker.io/grafana/loki", "3.7.6", new(["loki"], "https://grafana.com/docs/loki/latest/setup/install/local", HasStandIn: true, OnlyWith: ["otelcol-contrib", "jaeger"]), storage)
            .WithSettings("/etc/loki")
            .WithData("/loki")
            .WithPort(3100)
            .WithHealth("/ready")
            .WithAnnotation(new PublishedLimits("1.0", "1G"));
        return loki
            .WithArgs($"-config.file={loki.Resource.PathOf("/etc/loki")}/loki.yaml", "-config.expand-env=true")
            .WhenNative(native => native
                .WithEndpoint(name: "grpc", scheme: "http")
                .WithEnvironment("LOKI_DATA", native.Resource.PathOf("/loki"))
                .WithEnvironment("LOKI_LISTEN_ADDRESS", "127.0.0.1")
                .WithEnvironment("LOKI_HTTP_PORT", $"{native.Listening()}")
                .WithEnvironment("LOKI_GRPC_PORT", $"{native.Listening("grpc")}"));
    }
}
