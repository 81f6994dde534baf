using AgentSystem.AppHost.Publishing;

namespace AgentSystem.AppHost.Backends;

/// <summary>What Prometheus's family brings: metrics, alerts, and the machine's own state.</summary>
internal static class PrometheusExtensions
{
    private const string ApiKeyFile = "api-key";

    /// <summary>Adds Prometheus, which collects the metrics of all others and evaluates the rules.</summary>
    public static IResourceBuilder<IBackend> AddPrometheus(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> apiKey, Storage storage)
    {
        var timeScale = RuleTimes.ScaleOf(builder.Configuration);
        var prometheus = builder.AddBackend(name, "docker.io/prom/prometheus", "v3.14.0", new(["prometheus"], "apt-get install prometheus"), storage)
            .WithRenderedSettings(
                "/etc/prometheus", storage, [new(ApiKeyFile, apiKey.Resource)],
                (path, text) => Path.GetDirectoryName(path) == "rules" ? RuleTimes.Divide(text, timeScale) : text)
            .WithData("/prometheus")
            .WithPort(9090, isExternal: true)
            .WithHealth("/-/ready")
            .WithAnnotation(new PublishedLimits("1.0", "2G"))
            .WithUrlForEndpoint("http", url => url.DisplayText = "Prometheus");
        return prometheus
            .WithArgs(
                $"--config.file={prometheus.Resource.PathOf("/etc/prometheus")}/prometheus.yml",
                $"--storage.tsdb.path={prometheus.Resource.PathOf("/prometheus")}",
                "--enable-feature=exemplar-storage")
            .WhenNative(native => native.WithArgs(ReferenceExpression.Create($"--web.listen-address=127.0.0.1:{native.Listening()}")));
    }

    /// <summary>Adds Alertmanager, which groups alerts and sends them to where they are dealt with.</summary>
    public static IResourceBuilder<IBackend> AddAlertmanager(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> apiKey, Storage storage)
    {
        var timeScale = RuleTimes.ScaleOf(builder.Configuration);
        var alertmanager = builder.AddBackend(
                name, "docker.io/prom/alertmanager", "v0.34.0",
                new(["prometheus-alertmanager", "alertmanager"], "apt-get install prometheus-alertmanager"), storage)
            .WithRenderedSettings(
                "/etc/alertmanager", storage, [new(ApiKeyFile, apiKey.Resource), .. builder.SecretFiles("pagerduty-key", "slack-token")],
                (_, text) => RuleTimes.DivideWaits(text, timeScale))
            .WithData("/alertmanager")
            .WithPort(9093, isExternal: true)
            .WithHealth("/-/ready")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Alertmanager");
        return alertmanager
            .WithArgs(
                $"--config.file={alertmanager.Resource.PathOf("/etc/alertmanager")}/alertmanager.yml",
                $"--storage.path={alertmanager.Resource.PathOf("/alertmanager")}",
                "--cluster.listen-address=") // one instance: no gossip, no port open to the network
            .WhenNative(native => native.WithArgs(ReferenceExpression.Create($"--web.listen-address=127.0.0.1:{native.Listening()}")));
    }

    /// <summary>Adds the node exporter, which tells how the machine is.</summary>
    public static IResourceBuilder<IBackend> AddNodeExporter(this IDistributedApplicationBuilder builder, string name, Storage storage) =>
        builder.AddBackend(
                name, "docker.io/prom/node-exporter", "v1.12.1",
                new(["prometheus-node-exporter", "node_exporter"], "apt-get install prometheus-node-exporter"), storage)
            .WithPort(9100)
            .WithHealth("/")
            .WhenNative(native => native.WithArgs(ReferenceExpression.Create($"--web.listen-address=127.0.0.1:{native.Listening()}")));
}
