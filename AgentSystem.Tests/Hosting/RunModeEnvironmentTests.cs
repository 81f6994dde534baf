using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.Hosting;

/// <summary>What a project finds in its environment is what Aspire would put there.</summary>
public sealed class RunModeEnvironmentTests
{
    private static readonly string[] ForEveryProject =
    [
        "ASPNETCORE_URLS",
        "DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION",
        "LOGGING__CONSOLE__FORMATTERNAME",
        "OTEL_BLRP_SCHEDULE_DELAY",
        "OTEL_BSP_SCHEDULE_DELAY",
        "OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION",
        "OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION",
        "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
        "OTEL_METRICS_EXEMPLAR_FILTER",
        "OTEL_METRIC_EXPORT_INTERVAL",
        "OTEL_RESOURCE_ATTRIBUTES",
        "OTEL_SERVICE_NAME",
        "OTEL_TRACES_SAMPLER",
    ];

    [Fact]
    public async Task projects_get_this_list_and_what_the_AppHost_gives_them()
    {
        using var folder = new TempFolder();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AgentSystem_AppHost>(
            [
                $"--Data:Dir={folder.Path}", $"--AGENTSYSTEM_CONNECTION={folder["connection.json"]}",
                "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:4317", "--AppHost:OtlpApiKey=k",
                "--Backends:Prometheus=off", "--Backends:Alertmanager=off", "--Backends:NodeExporter=off",
            ], limit.Token);
        await using var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);

        var orchestrator = await VariablesAsync("orchestrator");
        string[] own = ["API_KEY", "Agents__AllowedRoots", "ORCHESTRATOR_DB", "SHARED_DIR"];
        Assert.Equal(ForEveryProject.Concat(own).Order(StringComparer.Ordinal), orchestrator.Keys.Order(StringComparer.Ordinal));
        var url = app.GetEndpoint("orchestrator", "http").ToString().TrimEnd('/');
        Assert.Equal(url, orchestrator["ASPNETCORE_URLS"]);
        Assert.Equal("http://localhost:4317", orchestrator["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("grpc", orchestrator["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal("x-otlp-api-key=k", orchestrator["OTEL_EXPORTER_OTLP_HEADERS"]);
        Assert.Equal("orchestrator", orchestrator["OTEL_SERVICE_NAME"]);
        Assert.Matches("^service\\.instance\\.id=orchestrator-[0-9a-f]{8}$", orchestrator["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.All((string[])["OTEL_BLRP_SCHEDULE_DELAY", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL"], name => Assert.Equal("1000", orchestrator[name]));
        Assert.Equal(("always_on", "trace_based", "in_memory"), (orchestrator["OTEL_TRACES_SAMPLER"], orchestrator["OTEL_METRICS_EXEMPLAR_FILTER"], orchestrator["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"]));

        var marie = await VariablesAsync("marie");
        string[] referring = ["API_KEY", "Agents__AllowedRoots", "ORCHESTRATOR_HTTP", "SHARED_DIR", "WORKER_NAME", "services__orchestrator__http__0"];
        Assert.Equal(ForEveryProject.Concat(referring).Order(StringComparer.Ordinal), marie.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((url, url), (marie["ORCHESTRATOR_HTTP"], marie["services__orchestrator__http__0"]));

        async Task<Dictionary<string, string?>> VariablesAsync(string resource)
        {
            var running = await app.ResourceNotifications.WaitForResourceAsync(resource, e => e.Snapshot.State?.Text == KnownResourceStates.Running, limit.Token);
            return running.Snapshot.EnvironmentVariables.ToDictionary(variable => variable.Name, variable => variable.Value);
        }
    }
}
