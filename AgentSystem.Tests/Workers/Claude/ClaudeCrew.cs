using System.Net.Http.Json;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Orchestrator;
using AgentSystem.Workers.Api;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Workers.Claude;

/// <summary>The real orchestrator with its purse, several workers, and a local Messages API, all in this process.</summary>
internal sealed class ClaudeCrew : IAsyncDisposable
{
    private readonly List<WorkerHost> _workers = [];

    private ClaudeCrew(MessagesServer api, OrchestratorApp orchestrator) => (Api, Orchestrator) = (api, orchestrator);

    public MessagesServer Api { get; }

    public OrchestratorApp Orchestrator { get; }

    public IReadOnlyList<WorkerHost> Workers => _workers;

    public static async Task<ClaudeCrew> StartAsync(
        IReadOnlyList<string> workers, Func<AskedMessage, Reply> script, (string Key, string Value)[] orchestrator, params (string Key, string Value)[] worker)
    {
        var api = await MessagesServer.StartAsync(script);
        var app = new OrchestratorApp(null, null, [.. workers.Select(w => ($"Orchestrator:Workers:{w}", "*")), .. orchestrator]);
        _ = app.Http;
        var crew = new ClaudeCrew(api, app);
        foreach (var name in workers)
        {
            crew._workers.Add(await WorkerHost.StartAsync(
                app.Volume,
                services => services.AddHttpClient(OrchestratorApi.Client).ConfigurePrimaryHttpMessageHandler(app.Server.CreateHandler),
                [.. ClaudeWorker.Settings(api, "http://localhost"), ("WORKER_NAME", name), ("API_KEY", "secret"), .. worker]));
        }
        return crew;
    }

    public async Task<IReadOnlyList<string>> SubmitAsync(int count, Func<int, object> task)
    {
        using var response = await Orchestrator.Http.PostAsJsonAsync("/tasks", Enumerable.Range(0, count).Select(task));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return [.. (await response.Content.ReadFromJsonAsync(ApiJson.Default.BatchAccepted))!.Tasks.Select(t => t.Id)];
    }

    /// <summary>The tasks, once all of them are settled.</summary>
    public async Task<IReadOnlyList<TaskView>> SettledAsync(IReadOnlyList<string> ids)
    {
        var settled = new List<TaskView>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        foreach (var id in ids)
        {
            TaskView view;
            do
                view = (await Orchestrator.Http.GetFromJsonAsync($"/tasks/{id}?wait=30", ApiJson.Default.TaskView, patience.Token))!;
            while (!view.State.IsSettled());
            settled.Add(view);
        }
        return settled;
    }

    public async Task<BudgetView> BudgetAsync() => (await Orchestrator.Http.GetFromJsonAsync("/budget", ApiJson.Default.BudgetView))!;

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await Orchestrator.DisposeAsync();
        await Api.DisposeAsync();
    }
}
