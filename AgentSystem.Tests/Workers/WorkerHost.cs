using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults;
using AgentSystem.Tests.Support;
using AgentSystem.Workers;
using AgentSystem.Workers.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AgentSystem.Tests.Workers;

/// <summary>A shared volume in a temporary folder, and the orchestrator's side of it.</summary>
public sealed class TestVolume : IDisposable
{
    public const string Worker = "marie";

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<StatusLine> _lines = Channel.CreateUnbounded<StatusLine>();
    private readonly List<StatusLine> _seen = [];
    private readonly TaskCompletionSource _listening = new();
    private Thread? _reader;

    public TestVolume()
    {
        Volume = new SharedVolume(Directory.CreateTempSubdirectory("workers-test-").FullName);
        Volume.EnsureCreated(Worker);
    }

    public SharedVolume Volume { get; }

    /// <summary>Starts the fake orchestrator's end of the pipe.</summary>
    public TestVolume Listen()
    {
        _reader = new Thread(() =>
        {
            if (OperatingSystem.IsWindows())
                return;
            using var reader = new StatusPipeReader(Volume.PipePath(Worker));
            _listening.SetResult();
            reader.ReadLines((line, _) => _lines.Writer.TryWrite(Parse(line)), _stop.Token);
        })
        { IsBackground = true };
        _reader.Start();
        _listening.Task.Wait(Patience);
        return this;
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The lines so far up to the first that <paramref name="wanted"/> accepts.</summary>
    public async Task<IReadOnlyList<StatusLine>> LinesUntilAsync(Func<StatusLine, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!_seen.Exists(l => wanted(l)))
            _seen.Add(await _lines.Reader.ReadAsync(patience.Token));
        return _seen;
    }

    public static AgentTask NewTask(string id, string type, object payload, Func<AgentTask, AgentTask>? change = null)
    {
        var task = new AgentTask
        {
            Id = id,
            Type = type,
            Worker = Worker,
            CreatedAt = DateTimeOffset.UnixEpoch.AddYears(56),
            Payload = JsonSerializer.SerializeToElement(payload),
        };
        return change is null ? task : change(task);
    }

    public void Place(AgentTask task) =>
        ProtocolFile.Write(Volume.TaskPath(Worker, task.Id), task, ProtocolJson.Default.AgentTask);

    public void Place(string id, string type, object payload) => Place(NewTask(id, type, payload));

    public async Task<TaskResult> ResultAsync(string id)
    {
        await Until(() => File.Exists(Volume.ResultPath(id)) && !File.Exists(Volume.ActivePath(Worker, id)), $"the result of {id}");
        return ProtocolFile.ReadResult(Volume.ResultPath(id));
    }

    /// <summary>Waits for what another thread does to the files.</summary>
    public static Task Until(Func<bool> condition, string what) => Eventually.True(condition, Patience, what);

    public IReadOnlyList<QuarantineReason> Quarantined() =>
    [
        .. Directory.EnumerateFiles(Volume.QuarantineDir, "*.reason.json")
            .Select(f => File.ReadAllBytes(f)).Where(b => b.Length > 0)
            .Select(b => JsonSerializer.Deserialize(b, ProtocolJson.Default.QuarantineReason)!),
    ];

    private static StatusLine Parse(ReadOnlySpan<byte> line) =>
        StatusLine.TryParse(line, out var parsed, out var error) ? parsed : throw new InvalidDataException($"{error}: {Encoding.UTF8.GetString(line)}");

    public void Dispose()
    {
        _stop.Cancel();
        _reader?.Join(Patience);
        _stop.Dispose();
        Directory.Delete(Volume.Root, recursive: true);
    }
}

/// <summary>A worker process in this one, on a <see cref="TestVolume"/>.</summary>
public sealed class WorkerHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private bool _stopped;

    private WorkerHost(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public HttpClient Client => _app.GetTestClient();

    public static Task<WorkerHost> StartAsync(
        TestVolume volume, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings) =>
        StartAsync(volume.Volume, services, settings);

    public static async Task<WorkerHost> StartAsync(
        SharedVolume volume, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseTestServer();
        var configuration = new Dictionary<string, string>
        {
            ["SHARED_DIR"] = volume.Root,
            ["WORKER_NAME"] = TestVolume.Worker,
            ["API_KEY"] = "test",
            ["ANTHROPIC_API_KEY"] = "", // whoever has a key in the environment does not want to pay for tests
            ["ANTHROPIC_BASE_URL"] = "",
            ["Worker:EnableTestAgent"] = "true",
            ["Worker:RescanInterval"] = "00:00:00.100",
        };
        foreach (var (key, value) in settings)
            configuration[key] = value;
        foreach (var (key, value) in configuration)
            builder.Configuration[key] = value;

        builder.Services.AddSingleton(Metrics.NewCustomRegistry());
        services?.Invoke(builder.Services);
        builder.AddServiceDefaults();
        builder.AddWorker();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync();
        return new WorkerHost(app);
    }

    public async Task StopAsync()
    {
        _stopped = true;
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
            await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>An agent that the test plays.</summary>
public sealed class ScriptedAgent(Func<AgentContext, CancellationToken, Task<JsonElement>> run) : IAgent
{
    public string Name => "scripted";

    public IReadOnlyCollection<string> TaskTypes { get; } = ["scripted"];

    public string? Problem { get; set; }

    public Task<JsonElement> RunAsync(AgentContext context, CancellationToken cancellation) => run(context, cancellation);
}
