using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AgentSystem.Tests.Support;

/// <summary>The Alertmanager of the distribution, on loopback and without a cluster, until it is disposed of.</summary>
public sealed class AlertmanagerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private AlertmanagerProcess(Process process, Uri url)
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

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="configuration">Its file.</param>
    /// <param name="data">Where it keeps what it knows.</param>
    /// <param name="url">Where it listens.</param>
    public static async Task<AlertmanagerProcess> StartAsync(string configuration, string data, Uri url)
    {
        var start = new ProcessStartInfo("prometheus-alertmanager")
        {
            ArgumentList = { $"--config.file={configuration}", $"--storage.path={data}", $"--web.listen-address={url.Authority}", "--cluster.listen-address=" },
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        // Nobody reads its log, and a full pipe would stop it.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var alertmanager = new AlertmanagerProcess(process, url);
        try
        {
            await Eventually.True(async () =>
            {
                Assert.False(process.HasExited, "prometheus-alertmanager ended at once; is its configuration accepted?");
                using var answer = await alertmanager.Http.GetAsync("/-/ready");
                return answer.IsSuccessStatusCode;
            });
            return alertmanager;
        }
        catch
        {
            await alertmanager.DisposeAsync();
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
