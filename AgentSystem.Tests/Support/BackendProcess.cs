using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AgentSystem.Tests.Support;

/// <summary>A program of the distribution on loopback, until it is disposed of: Prometheus or Alertmanager.</summary>
public sealed class BackendProcess : IAsyncDisposable
{
    private readonly Process _process;

    private BackendProcess(Process process, Uri url)
    {
        _process = process;
        Http = new() { BaseAddress = url };
    }

    /// <summary>For its API.</summary>
    public HttpClient Http { get; }

    /// <summary>An address that nobody listens on.</summary>
    public static Uri NewAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
    }

    /// <summary>Starts Alertmanager, without a cluster, and waits until it is ready.</summary>
    /// <param name="configuration">Its file.</param>
    /// <param name="data">Where it keeps what it knows.</param>
    /// <param name="url">Where it listens.</param>
    public static Task<BackendProcess> StartAlertmanagerAsync(string configuration, string data, Uri url) =>
        StartAsync("prometheus-alertmanager", url, $"--config.file={configuration}", $"--storage.path={data}", "--cluster.listen-address=");

    /// <summary>Starts Prometheus and waits until it is ready.</summary>
    /// <param name="configuration">Its file.</param>
    /// <param name="data">Where it keeps what it knows.</param>
    /// <param name="url">Where it listens.</param>
    /// <param name="flags">Further flags.</param>
    public static Task<BackendProcess> StartPrometheusAsync(string configuration, string data, Uri url, params string[] flags) =>
        StartAsync("prometheus", url, [$"--config.file={configuration}", $"--storage.tsdb.path={data}", .. flags]);

    private static async Task<BackendProcess> StartAsync(string program, Uri url, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, [.. arguments, $"--web.listen-address={url.Authority}"]) { RedirectStandardError = true })!;
        // Nobody reads its log, and a full pipe would stop it.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var backend = new BackendProcess(process, url);
        try
        {
            await Eventually.True(async () =>
            {
                Assert.False(process.HasExited, $"{program} ended at once; is its configuration accepted?");
                using var answer = await backend.Http.GetAsync("/-/ready");
                return answer.IsSuccessStatusCode;
            });
            return backend;
        }
        catch
        {
            await backend.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Http.Dispose();
    }
}
