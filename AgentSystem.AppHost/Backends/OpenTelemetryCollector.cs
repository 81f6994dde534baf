using AgentSystem.AppHost.Publishing;
using Microsoft.Extensions.Configuration;

namespace AgentSystem.AppHost.Backends;

/// <summary>The collector, through which all telemetry goes that is not scraped, and the places that it sends it on to.</summary>
internal static class OpenTelemetryCollectorExtensions
{
    private const string Settings = "/etc/otelcol-contrib";

    /// <summary>Adds the collector. It keeps agents' metrics for Prometheus; a destination more is one more file of its settings.</summary>
    public static IResourceBuilder<IBackend> AddOpenTelemetryCollector(this IDistributedApplicationBuilder builder, string name, Storage storage)
    {
        var collector = builder.AddBackend(
                name, "docker.io/otel/opentelemetry-collector-contrib", "0.159.0",
                new(["otelcol-contrib"], "https://opentelemetry.io/docs/collector/install"), storage)
            .WithSettings(Settings)
            .WithPort(4317, "grpc")
            .WithPort(4318)
            .WithPort(13133, "health")
            .WithPort(8888, "metrics")
            .WithPort(8889, "agent-metrics")
            .WithHealth("/", "health")
            .WithAnnotation(new PublishedLimits("1.0", "1G"));
        return collector
            .WithConfiguration("config.yaml")
            .WhenNative(native => native
                .WithEnvironment("OTLP_GRPC_ENDPOINT", $"127.0.0.1:{native.Listening("grpc")}")
                .WithEnvironment("OTLP_HTTP_ENDPOINT", $"127.0.0.1:{native.Listening()}")
                .WithEnvironment("HEALTH_ENDPOINT", $"127.0.0.1:{native.Listening("health")}")
                .WithEnvironment("PROMETHEUS_EXPORTER_ENDPOINT", $"127.0.0.1:{native.Listening("agent-metrics")}")
                .WithEnvironment("METRICS_HOST", "127.0.0.1")
                .WithEnvironment("METRICS_PORT", $"{native.Listening("metrics")}"));
    }

    /// <summary>Sends traces on to Jaeger, if that is there: all, or those that tail sampling keeps.</summary>
    public static IResourceBuilder<IBackend> WithTracesTo(this IResourceBuilder<IBackend> collector, IResourceBuilder<IBackend> jaeger) =>
        jaeger.IsThere()
            ? collector.WithConfiguration(collector.ApplicationBuilder.IsSampling() ? "jaeger-sampled.yaml" : "jaeger.yaml").WithEnvironment("JAEGER_OTLP_ENDPOINT", jaeger.GetEndpoint("grpc")).WaitFor(jaeger)
            : collector;

    /// <summary>Sends logs on to Loki, if that is there.</summary>
    public static IResourceBuilder<IBackend> WithLogsTo(this IResourceBuilder<IBackend> collector, IResourceBuilder<IBackend> loki) =>
        loki.IsThere()
            ? collector.WithConfiguration("loki.yaml").WithEnvironment("LOKI_OTLP_ENDPOINT", $"{loki.GetEndpoint("http")}/otlp").WaitFor(loki)
            : collector;

    /// <summary>Shows everything on Aspire's dashboard: the engine's own in a run, which has none on every engine, the published one else.</summary>
    public static IResourceBuilder<IBackend> WithEverythingOn(
        this IResourceBuilder<IBackend> collector, IResourceBuilder<IBackend> dashboard, IResourceBuilder<ParameterResource> apiKey)
    {
        var builder = collector.ApplicationBuilder;
        if (dashboard.IsThere())
        {
            return collector.WithConfiguration("aspire-dashboard.yaml")
                .WithEnvironment("ASPIRE_DASHBOARD_OTLP_ENDPOINT", dashboard.GetEndpoint("otlp-grpc"))
                .WithEnvironment("ASPIRE_DASHBOARD_API_KEY", apiKey)
                .WaitFor(dashboard);
        }

        return builder.DashboardOtlpUrl() is { } url
            ? collector.WithConfiguration("aspire-dashboard.yaml")
                .WithEnvironment("ASPIRE_DASHBOARD_OTLP_ENDPOINT", new HostUrl(url))
                .WithEnvironment("ASPIRE_DASHBOARD_API_KEY", builder.Configuration["AppHost:OtlpApiKey"])
                .WithEnvironment("ASPIRE_DASHBOARD_TRUSTED", url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? "false" : "true") // its certificate is its own
            : collector;
    }

    /// <summary>Whether traces are sampled, by whom ever: <c>Sampling:Enabled</c>. A laptop keeps all, what is published does not.</summary>
    public static bool IsSampling(this IDistributedApplicationBuilder builder) =>
        builder.Configuration.GetValue("Sampling:Enabled", builder.ExecutionContext.IsPublishMode);

    private static IResourceBuilder<IBackend> WithConfiguration(this IResourceBuilder<IBackend> collector, string file) =>
        collector.WithArgs($"--config={collector.Resource.PathOf(Settings)}/{file}");
}
