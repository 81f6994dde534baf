using System.Globalization;
using AgentSystem.Benchmarks.Processes;

namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary>The telemetry store as its users run it: a process of its own with its default settings, on loopback.</summary>
internal sealed class StoreProcess : IAsyncDisposable
{
    internal const string ApiKey = "benchmark";

    private readonly ServiceProcess _process;

    private StoreProcess(ServiceProcess process, Uri otlpUrl)
    {
        (_process, OtlpUrl) = (process, otlpUrl);
        Http.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);
    }

    internal Uri QueryUrl => _process.Url;

    internal Uri OtlpUrl { get; }

    /// <summary>For queries.</summary>
    internal HttpClient Http => _process.Http;

    /// <summary>Most memory it had (resident set) since it began or since <see cref="ForgetPeak"/>, in bytes.</summary>
    internal long PeakBytes => Status("VmHWM");

    /// <summary>Memory that it has now (resident set), in bytes.</summary>
    internal long Bytes => Status("VmRSS");

    /// <exception cref="InvalidOperationException">It did not start; the message has what it said.</exception>
    internal static async Task<StoreProcess> StartAsync(string folder)
    {
        var otlp = ServiceProcess.FreeAddress();
        return new(await ServiceProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, "AgentSystem.TelemetryStore.dll"), folder,
        [
            ("API_KEY", ApiKey),
            ("TelemetryStore__Folder", folder),
            ("TelemetryStore__OtlpGrpcUrl", "off"),
            ("TelemetryStore__OtlpHttpUrl", otlp.OriginalString),
        ]), otlp);
    }

    /// <summary>Begins to measure <see cref="PeakBytes"/> anew, where the system lets us.</summary>
    internal void ForgetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    // "VmHWM:\t  123456 kB" in /proc/<id>/status, see proc(5).
    private long Status(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
