using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Rules;

/// <summary>Alertmanager with the configuration of the repository, as a program of this machine that reaches nobody.</summary>
public sealed class RunningAlertmanager : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();
    private Process _process = null!;

    public async Task InitializeAsync()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _http.BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
        }

        var start = new ProcessStartInfo("prometheus-alertmanager")
        {
            ArgumentList =
            {
                $"--config.file={AlertmanagerFile.Path}",
                $"--storage.path={_folder["data"]}",
                $"--web.listen-address={_http.BaseAddress.Authority}",
                "--cluster.listen-address=",
            },
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        await Eventually.True(async () =>
        {
            Assert.False(_process.HasExited, "prometheus-alertmanager ended at once.");
            using var answer = await _http.GetAsync("/-/ready");
            return answer.IsSuccessStatusCode;
        });
    }

    /// <summary>Lets these alerts fire, or ends them.</summary>
    public async Task SetAsync(IEnumerable<IReadOnlyDictionary<string, string>> alerts, bool firing)
    {
        var now = DateTimeOffset.UtcNow;
        using var answer = await _http.PostAsJsonAsync("/api/v2/alerts", alerts.Select(labels => new
        {
            labels,
            startsAt = now.AddMinutes(-1),
            endsAt = firing ? now.AddMinutes(10) : now.AddSeconds(-1),
        }));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The alerts that fire, each with whether another one silences it.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, bool Inhibited)>> AlertsAsync() =>
    [
        .. (await _http.GetFromJsonAsync<JsonElement>("/api/v2/alerts")).EnumerateArray().Select(alert => (
            (IReadOnlyDictionary<string, string>)alert.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            alert.GetProperty("status").GetProperty("inhibitedBy").GetArrayLength() > 0)),
    ];

    /// <summary>The messages that it makes of them: each receiver with how many alerts it is told of at once.</summary>
    public async Task<IReadOnlyList<(string Receiver, int Alerts)>> GroupsAsync() =>
    [
        .. (await _http.GetFromJsonAsync<JsonElement>("/api/v2/alerts/groups")).EnumerateArray().Select(group => (
            group.GetProperty("receiver").GetProperty("name").GetString()!,
            group.GetProperty("alerts").GetArrayLength())),
    ];

    public async Task DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        _process.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }
}
