using AgentSystem.Benchmarks.Processes;
using AgentSystem.Benchmarks.TelemetryStore;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>The console and those that it asks, each a process of its own, with what they have to tell.</summary>
internal sealed class ConsoleUnderLoad : IAsyncDisposable
{
    internal const string Token = "a-token-for-the-benchmark", Worker = "marie";

    private readonly Stack<IAsyncDisposable> _processes = new();

    private ConsoleUnderLoad()
    {
    }

    internal Uri Address { get; private set; } = null!;

    internal ServiceProcess Orchestrator { get; private set; } = null!;

    internal ServiceProcess Alertmanager { get; private set; } = null!;

    internal ServiceProcess Alerting { get; private set; } = null!;

    /// <summary>Starts all.</summary>
    /// <param name="folder">Has <c>orchestrator.db</c> and Prometheus's <c>blocks</c>.</param>
    /// <param name="data">The store's spans and lines.</param>
    internal static async Task<ConsoleUnderLoad> StartAsync(string folder, DataSet data)
    {
        var system = new ConsoleUnderLoad();
        try
        {
            await system.LaunchAsync(folder, data);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    private async Task LaunchAsync(string folder, DataSet data)
    {
        var store = await StoreProcess.StartAsync(data.Store);
        _processes.Push(store);
        var orchestrator = await ServiceProcess.StartAsync(Programs.Find("Orchestrator", "Orchestrator"), folder,
        [
            ("API_KEY", StoreProcess.ApiKey),
            ("SHARED_DIR", Path.Combine(folder, "shared")),
            ("ORCHESTRATOR_DB", Path.Combine(folder, "orchestrator.db")),
            ($"Orchestrator__Workers__{Worker}", "*,sleep"),
            ("Orchestrator__Workers__anga", "*"),
            ("Orchestrator__Workers__fabien", "*"),
            ("JAEGER_URL", store.QueryUrl.OriginalString),
            ("LOKI_URL", store.QueryUrl.OriginalString),
        ]);
        _processes.Push(Orchestrator = orchestrator);
        orchestrator.Http.DefaultRequestHeaders.Add("X-Api-Key", StoreProcess.ApiKey);
        _processes.Push(await ServiceProcess.StartAsync(Programs.Find("Workers", "Workers"), folder,
        [
            ("API_KEY", StoreProcess.ApiKey),
            ("WORKER_NAME", Worker),
            ("SHARED_DIR", Path.Combine(folder, "shared")),
            ("ORCHESTRATOR_URL", orchestrator.Url.OriginalString),
            ("Worker__EnableTestAgent", "true"),
            ("Worker__Concurrency", "16"),
        ]));
        _processes.Push(Alertmanager = await AlertmanagerProcess.StartAsync(Path.Combine(folder, "alertmanager"), AlertHistory.Configuration));
        // It is told of alerts here, and none ends because Alertmanager does not know it.
        _processes.Push(Alerting = await ServiceProcess.StartAsync(Programs.Find("Alerting", "Alerting"), folder,
        [
            ("API_KEY", StoreProcess.ApiKey),
            ("ALERTING_DB", Path.Combine(folder, "incidents.db")),
        ]));
        Alerting.Http.DefaultRequestHeaders.Add("X-Api-Key", StoreProcess.ApiKey);
        var host = await StandInHost.StartAsync();
        _processes.Push(host);
        var configuration = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(
            configuration, $"global: {{ scrape_interval: 15s, evaluation_interval: 15s }}\nrule_files: [{Path.Combine(Programs.Repository, "infra", "prometheus", "rules", "*.yml")}]\n");
        var url = ServiceProcess.FreeAddress();
        var prometheus = await ServiceProcess.StartAsync(
            "prometheus",
            [$"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(folder, "blocks")}", $"--web.listen-address={url.Authority}"],
            folder, url, "/-/ready", []);
        _processes.Push(prometheus);
        var console = await ServiceProcess.StartAsync(Programs.Find("AgentSystem.WebConsole", "AgentSystem.WebConsole"), folder,
        [
            // Packages' scripts and styles are found from the build's output in this environment only.
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("API_KEY", StoreProcess.ApiKey),
            ("Console__Token", Token),
            ("ORCHESTRATOR_URL", orchestrator.Url.OriginalString),
            ("PROMETHEUS_URL", url.OriginalString),
            ("ALERTMANAGER_URL", Alertmanager.Url.OriginalString),
            ("ALERTING_URL", Alerting.Url.OriginalString),
            ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", host.Url),
            ("DASHBOARD__RESOURCESERVICECLIENT__APIKEY", Token),
            ("JAEGER_URL", store.QueryUrl.OriginalString),
            ("LOKI_URL", store.QueryUrl.OriginalString),
        ]);
        _processes.Push(console);
        Address = console.Url;
    }

    public async ValueTask DisposeAsync()
    {
        while (_processes.TryPop(out var process))
            await process.DisposeAsync();
    }
}
