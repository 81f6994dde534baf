using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary>The telemetry store as its users run it: a process of its own with its default settings, on loopback.</summary>
internal sealed class StoreProcess : IAsyncDisposable
{
    internal const string ApiKey = "benchmark";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly string _log;

    private StoreProcess(Process process, string log, int queryPort, int otlpPort)
    {
        (_process, _log) = (process, log);
        QueryUrl = new($"http://127.0.0.1:{queryPort}");
        OtlpUrl = new($"http://127.0.0.1:{otlpPort}");
        Http = new() { BaseAddress = QueryUrl, Timeout = TimeSpan.FromMinutes(5) };
        Http.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);
    }

    internal Uri QueryUrl { get; }

    internal Uri OtlpUrl { get; }

    /// <summary>For queries.</summary>
    internal HttpClient Http { get; }

    /// <summary>Most memory it had (resident set) since it began or since <see cref="ForgetPeak"/>, in bytes.</summary>
    internal long PeakBytes => Status("VmHWM");

    /// <summary>Memory that it has now (resident set), in bytes.</summary>
    internal long Bytes => Status("VmRSS");

    /// <exception cref="InvalidOperationException">It did not start; the message has what it said.</exception>
    internal static async Task<StoreProcess> StartAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var (queryPort, otlpPort) = (FreePort(), FreePort());
        var log = Path.Combine(folder, "store.log");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AgentSystem.TelemetryStore.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What this process was given is not meant for the store.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
            start.Environment.Remove(name);
        start.Environment["API_KEY"] = ApiKey;
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{queryPort}";
        start.Environment["TelemetryStore__Folder"] = folder;
        start.Environment["TelemetryStore__OtlpGrpcUrl"] = "off";
        start.Environment["TelemetryStore__OtlpHttpUrl"] = $"http://127.0.0.1:{otlpPort}";
        var process = Process.Start(start)!;
        var writer = TextWriter.Synchronized(new StreamWriter(log) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var store = new StoreProcess(process, log, queryPort, otlpPort);
        try
        {
            await store.WaitUntilReadyAsync();
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins to measure <see cref="PeakBytes"/> anew, where the system lets us.</summary>
    internal void ForgetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(StartLimit);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
                throw new InvalidOperationException($"The telemetry store did not start; {_log} has what it said.");
            try
            {
                using var response = await Http.GetAsync(new Uri("/health", UriKind.Relative));
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
            }
            await Task.Delay(50);
        }
    }

    // "VmHWM:	  123456 kB" in /proc/<id>/status, see proc(5).
    private long Status(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static bool IsOurs(string name) => name.StartsWith("OTEL_", StringComparison.Ordinal)
        || name.StartsWith("TelemetryStore", StringComparison.Ordinal)
        || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("MSBUILD", StringComparison.Ordinal)
        || name is "SHARED_DIR";

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
