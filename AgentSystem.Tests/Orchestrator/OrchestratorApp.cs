using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Prometheus;

namespace AgentSystem.Tests.Orchestrator;

/// <summary>An orchestrator in this process on a folder of its own, and a worker's hands to move files with.</summary>
internal sealed class OrchestratorApp : WebApplicationFactory<OrchestratorOptions>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Dictionary<string, string> _settings;
    private readonly TimeProvider? _time;
    private readonly bool _ownsFolder;

    internal OrchestratorApp(TimeProvider? time = null, string? folder = null, params (string Key, string Value)[] settings)
    {
        _time = time;
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("orchestrator-").FullName;
        Volume = new(Path.Combine(Folder, "shared"));
        Documents = Directory.CreateDirectory(Path.Combine(Folder, "documents")).FullName;
        _settings = new()
        {
            ["SHARED_DIR"] = Volume.Root,
            ["API_KEY"] = "secret",
            ["Agents:AllowedRoots"] = Documents,
            ["Orchestrator:RescanInterval"] = "00:00:00.050",
            ["Orchestrator:TickInterval"] = "00:00:00.020",
            ["Orchestrator:RetryBaseDelay"] = "00:00:00",
        };
        foreach (var (key, value) in settings)
            _settings[key] = value;
    }

    internal string Folder { get; }

    internal string Documents { get; }

    internal SharedVolume Volume { get; }

    internal HttpClient Http => field ??= Authenticated();

    internal T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (key, value) in _settings)
            builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton(Metrics.NewCustomRegistry());
            if (_time is not null)
                services.AddSingleton(_time);
        });
    }

    internal Task<HttpResponseMessage> PostAsync(string path, string json, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return Http.SendAsync(request);
    }

    internal async Task<TaskView> SubmitAsync(string fields = "")
    {
        var response = await PostAsync("/tasks", $$"""{"type":"summarize","payload":{"text":"x"}{{(fields.Length > 0 ? "," + fields : "")}}}""");
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync(ApiJson.Default.TaskView))!;
    }

    internal async Task<TaskView> ShowAsync(string id) => (await Http.GetFromJsonAsync($"/tasks/{id}", ApiJson.Default.TaskView))!;

    internal async Task<TaskView> ReachesAsync(string id, TaskState state)
    {
        TaskView? view = null;
        await UntilAsync(async () => (view = await ShowAsync(id)).State == state, () => $"task {id} to be {state}; it is {view?.State}");
        return view!;
    }

    /// <summary>Waits until the task's file lies in its worker's folder, and claims it as a worker does.</summary>
    internal async Task<AgentTask> ClaimAsync(TaskView task, int attempt = 1)
    {
        await ReachesAsync(task.Id, TaskState.Ready);
        var from = Volume.TaskPath(task.Worker, task.Id);
        var to = Volume.ActivePath(task.Worker, task.Id);
        await UntilAsync(() => Task.FromResult(SharedVolume.TryMove(from, to)), () => $"{from} to appear");
        var claimed = ProtocolFile.ReadTask(to, task.Worker);
        Assert.Equal(attempt, claimed.Attempt);
        return claimed;
    }

    internal void Publish(AgentTask task, TaskError? error = null, int? attempt = null)
    {
        var now = DateTimeOffset.UtcNow;
        var result = new TaskResult
        {
            Id = task.Id,
            Worker = task.Worker,
            Attempt = attempt ?? task.Attempt,
            Status = error is null ? ResultStatus.Completed : ResultStatus.Failed,
            StartedAt = now,
            FinishedAt = now,
            Output = error is null ? JsonElement.Parse("""{"summary":"short"}""") : null,
            Error = error,
            TraceContext = task.TraceContext,
        };
        ProtocolFile.Write(Volume.ResultPath(task.Id), result, ProtocolJson.Default.TaskResult);
        File.Delete(Volume.ActivePath(task.Worker, task.Id));
    }

    internal Task QuarantinedAsync(string reason) => UntilAsync(
        () => Task.FromResult(Directory.EnumerateFiles(Volume.QuarantineDir, "*.reason.json").Any(f => File.ReadAllText(f).Contains($"\"{reason}\"", StringComparison.Ordinal))),
        () => $"something in quarantine because of {reason}");

    /// <summary>Waits until <paramref name="condition"/> holds; <paramref name="what"/> describes what was still missing at the end.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        try
        {
            await Eventually.True(condition, Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Waited in vain for {what()}.", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && _ownsFolder && Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private HttpClient Authenticated()
    {
        var http = CreateClient(new() { AllowAutoRedirect = false, BaseAddress = ClientOptions.BaseAddress });
        http.DefaultRequestHeaders.Add("X-Api-Key", "secret");
        return http;
    }
}
