using System.Diagnostics;
using System.Text.Json;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.TelemetryStore;

/// <summary>The telemetry store as a process of its own, which can be killed, in a folder of a test's own.</summary>
internal sealed class StoreProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _addresses = [], _warnings = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StoreProcess(Process process) => _process = process;

    /// <summary>Where Jaeger's and Loki's APIs are.</summary>
    public string Url => _addresses[0];

    public string OtlpUrl => _addresses[2];

    /// <summary>What it logged as a warning or worse.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public static async Task<StoreProcess> StartAsync(TempFolder folder, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AgentSystem.TelemetryStore.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
            Environment =
            {
                ["API_KEY"] = StoreHost.ApiKey,
                ["SHARED_DIR"] = folder["shared"],
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["TelemetryStore__Folder"] = folder["telemetry"],
                ["TelemetryStore__OtlpGrpcUrl"] = "http://127.0.0.1:0",
                ["TelemetryStore__OtlpHttpUrl"] = "http://127.0.0.1:0",
            },
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var store = new StoreProcess(Process.Start(start)!);
        store._process.OutputDataReceived += (_, line) => store.Read(line.Data);
        store._process.ErrorDataReceived += (_, line) => store.Read(line.Data);
        store._process.BeginOutputReadLine();
        store._process.BeginErrorReadLine();
        await store._started.Task.WaitAsync(StartLimit);
        return store;
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    // Its log says where it listens: queries, OTLP over gRPC, OTLP over HTTP.
    private void Read(string? line)
    {
        const string listening = "Now listening on: ";
        if (line is null)
            return;
        if (!line.StartsWith('{'))
        {
            _started.TrySetException(new InvalidOperationException(line));
            return;
        }
        var entry = JsonElement.Parse(line);
        var message = entry.GetProperty("message").GetString()!;
        if (entry.GetProperty("level").GetString() is not ("information" or "debug"))
            _warnings.Add(message);
        if (!message.StartsWith(listening, StringComparison.Ordinal))
            return;
        _addresses.Add(message[listening.Length..]);
        if (_addresses.Count == 3)
            _started.TrySetResult();
    }
}
