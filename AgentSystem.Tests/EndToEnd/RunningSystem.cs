using System.Net.Http.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.EndToEnd.Otlp;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.EndToEnd;

/// <summary>
/// The whole system, started from its AppHost with a data folder of its own, and a receiver for its telemetry. Backends are off
/// unless asked for.
/// </summary>
public sealed class RunningSystem : IAsyncDisposable
{
    public const string ApiKey = "a-key-for-the-tests-of-one-run";

    public static readonly string[] Workers = ["marie", "anga", "fabien"];

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly TempFolder _data = new();
    private readonly OtlpReceiver _otlp;
    private DistributedApplication _app = null!;

    private RunningSystem(OtlpReceiver otlp) => _otlp = otlp;

    public OtlpReceiver Otlp => _otlp;

    public DistributedApplication App => _app;

    public HttpClient Orchestrator { get; private set; } = null!;

    /// <summary>Where a backend's settings of this run are, as its program reads them.</summary>
    public string SettingsOf(string backend) => Path.Combine(_data.Path, "settings", backend);

    public SharedVolume Volume => new(Path.Combine(_data.Path, "shared"));

    /// <summary>Starts everything and waits until the orchestrator and the workers are healthy.</summary>
    public static Task<RunningSystem> StartAsync(Action<IDistributedApplicationTestingBuilder>? configure = null, params string[] args) =>
        StartAsync(configure, isSeen: false, args);

    /// <summary>Starts everything. The engine shows its resources to a console only where that is to be seen.</summary>
    public static async Task<RunningSystem> StartAsync(Action<IDistributedApplicationTestingBuilder>? configure, bool isSeen, params string[] args)
    {
        var system = new RunningSystem(await OtlpReceiver.StartAsync());
        try
        {
            await system.LaunchAsync(configure, isSeen, args);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    public async Task<TaskView> SubmitAsync(object submission)
    {
        using var response = await Orchestrator.PostAsJsonAsync("/tasks", submission);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync(ApiJson.Default.TaskView))!;
    }

    public async Task<TaskView> GetAsync(string id) => (await Orchestrator.GetFromJsonAsync($"/tasks/{id}", ApiJson.Default.TaskView))!;

    public Task<TaskView> UntilAsync(string id, Func<TaskView, bool> condition, TimeSpan? limit = null) =>
        Eventually.Get(() => GetAsync(id), condition, limit ?? TimeSpan.FromSeconds(30));

    /// <summary>Waits until no task is left in any but a settled state.</summary>
    public Task UntilSettledAsync(TimeSpan limit) => Eventually.Get(
        async () =>
        {
            var open = 0;
            foreach (var state in Enum.GetValues<TaskState>().Where(s => !s.IsSettled()))
                open += (await Orchestrator.GetFromJsonAsync($"/tasks?state={state.ToName()}&limit=1", ApiJson.Default.TaskPage))!.Tasks.Count;
            return open;
        },
        open => open == 0,
        limit);

    /// <summary>Every task of the journal, page by page.</summary>
    public async Task<List<TaskView>> AllTasksAsync()
    {
        var all = new List<TaskView>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await Orchestrator.GetFromJsonAsync($"/tasks?limit=500&cursor={cursor}", ApiJson.Default.TaskPage))!;
            all.AddRange(page.Tasks);
            cursor = page.Next;
        }
        return all;
    }

    /// <summary>Ends a resource's process the way the kernel would under memory pressure: SIGKILL, no goodbye.</summary>
    public async Task<int> KillAsync(string resource)
    {
        var pid = await Eventually.Get(() => Task.FromResult(ProcessId(resource)), p => p > 0, TimeSpan.FromSeconds(30));
        using var process = System.Diagnostics.Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync();
        return pid;
    }

    /// <summary>Has a program read its settings again, as most do on SIGHUP.</summary>
    public async Task ReloadAsync(string resource)
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-HUP", ProcessId(resource).ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public int ProcessId(string resource)
    {
        var notifications = _app.ResourceNotifications;
        return notifications.TryGetCurrentState(resource, out var state)
            && state.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value is { } pid
                ? Convert.ToInt32(pid, System.Globalization.CultureInfo.InvariantCulture)
                : 0;
    }

    public async ValueTask DisposeAsync()
    {
        Orchestrator?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        await _otlp.DisposeAsync();
        _data.Dispose();
    }

    private async Task LaunchAsync(Action<IDistributedApplicationTestingBuilder>? configure, bool isSeen, string[] args)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        string[] defaults =
        [
            $"--Data:Dir={_data.Path}",
            $"--AGENTSYSTEM_CONNECTION={_data["connection.json"]}",
            $"--Parameters:api-key={ApiKey}",
            "--Parameters:anthropic-key=", // whoever has a key in the environment does not want to pay for tests
            $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL={_otlp.Endpoint}",
            "--Backends=off",
            "--AppHost:OtlpApiKey=nobody-keeps-this-one", // it would go into the user secrets else
        ];
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AgentSystem_AppHost>(
            [.. defaults, .. args], (options, _) => options.DisableDashboard = !isSeen, limit.Token);
        configure?.Invoke(builder);
        _app = await builder.BuildAsync(limit.Token);
        await _app.StartAsync(limit.Token);
        foreach (var resource in (string[])["orchestrator", .. Workers])
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(resource, limit.Token);
        // Other tests of this process listen to HTTP clients' spans, which would make us part of the traces that we look at.
        Orchestrator = new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = _app.GetEndpoint("orchestrator") };
        Orchestrator.DefaultRequestHeaders.Add(ConnectionFile.ApiKeyHeader, ApiKey);
    }
}
