using AgentSystem.Protocol.Api;
using AgentSystem.ServiceDefaults.Security;
using Microsoft.Extensions.Options;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Registers the clients of the backends.</summary>
internal static class BackendExtensions
{
    // The longest answer that somebody may be waiting for: a trace of a long task is a few megabytes.
    private const long MaxAnswerBytes = 64 << 20;

    internal static void AddBackends(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<BackendOptions>()
            .BindConfiguration(BackendOptions.Section)
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                // Found by its name (service discovery); whether there is an address for the name is known when somebody asks.
                options.Urls[Backend.Orchestrator] = configuration["ORCHESTRATOR_URL"] ?? "http://orchestrator";
                foreach (var backend in Enum.GetValues<Backend>().Where(b => b != Backend.Orchestrator))
                    options.Urls[backend] = configuration[backend.Setting()] ?? "";
                options.GrafanaUrl = configuration["GRAFANA_URL"] ?? "";
                options.AspireDashboardUrl = configuration["ASPIRE_DASHBOARD_URL"] ?? "";
                options.ResourceServiceKey = configuration["Dashboard:ResourceServiceClient:ApiKey"] ?? "";
            })
            .Validate(
                static options => options.Urls.Values.Append(options.GrafanaUrl).Append(options.AspireDashboardUrl).All(BackendOptions.IsAddress),
                "PROMETHEUS_URL, ALERTMANAGER_URL, ALERTING_URL, JAEGER_URL, LOKI_URL, GRAFANA_URL, ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL and ASPIRE_DASHBOARD_URL "
                + "have to be addresses such as http://127.0.0.1:9090, or empty.")
            .Validate(static options => options.Patience > TimeSpan.Zero, "Console:Backends:Patience has to be longer than nothing, for example 00:00:10.")
            .ValidateOnStart();
        builder.Services.AddSingleton<BackendHealth>();
        builder.Services.AddSingleton<BackendProbe>();
        foreach (var backend in Enum.GetValues<Backend>())
            builder.Services.AddBackendClient(backend);
        builder.Services.AddSingleton<OrchestratorClient>();
        builder.Services.AddSingleton<TaskEventReader>();
        builder.Services.AddSingleton<PrometheusClient>();
        builder.Services.AddSingleton<AlertmanagerClient>();
        builder.Services.AddSingleton<AlertingClient>();
        builder.Services.AddSingleton<JaegerClient>();
        builder.Services.AddSingleton<LokiClient>();
        builder.Services.AddSingleton<ResourceServiceClient>();
    }

#pragma warning disable EXTEXP0001 // There is no other way to do without the default handler: pages ask again by themselves, and say at once who is down.
    private static void AddBackendClient(this IServiceCollection services, Backend backend) =>
        services.AddHttpClient(backend.ToString())
            .ConfigureHttpClient((provider, client) =>
            {
                var options = provider.GetRequiredService<IOptions<BackendOptions>>().Value;
                client.Timeout = options.Patience;
                client.MaxResponseContentBufferSize = MaxAnswerBytes;
                if (options.Urls[backend] is not { Length: > 0 } address)
                    return;
                client.BaseAddress = new Uri(address.TrimEnd('/') + '/');
                if (WantsKey(backend, client.BaseAddress))
                    client.DefaultRequestHeaders.Add(
                        ConnectionFile.ApiKeyHeader, provider.GetRequiredService<IOptions<ApiKeyOptions>>().Value.Key);
                if (backend == Backend.ResourceService)
                    client.DefaultRequestHeaders.Add(ResourceServiceClient.KeyHeader, options.ResourceServiceKey);
            })
            .RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001

    /// <summary>Traces and logs on this machine may be kept by a service of ours; another program has no business with the key.</summary>
    private static bool WantsKey(Backend backend, Uri address) => backend switch
    {
        Backend.Orchestrator or Backend.Alerting => true,
        Backend.Jaeger or Backend.Loki => address.IsLoopback,
        _ => false,
    };
}
