using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using AgentSystem.Alerting.Webhook;

namespace AgentSystem.Tests.Alerting;

/// <summary>The webhook against the Alertmanager of the distribution: what it really sends, and that its credentials file opens the door.</summary>
public sealed class RealAlertmanagerTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("alertmanager-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_alert_that_Alertmanager_gets_arrives_as_an_event_when_it_fires_and_when_it_is_over()
    {
        await using var host = await AlertingHost.StartAsync();
        using var alertmanager = Start(host.Url, out var url);
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri(url) };
            await WaitUntilReadyAsync(http, alertmanager);

            await PostAlertAsync(http, endsAt: null);
            var (name, firing) = await host.NextEventAsync(Bound);
            await PostAlertAsync(http, endsAt: DateTimeOffset.UtcNow);
            var (_, resolved) = await host.NextEventAsync(Bound);

            Assert.Equal("AlertReceived", name);
            Assert.Equal(("WorkerDown", "firing", "critical"), (firing["alertname"], firing["status"], firing["severity"]));
            Assert.Equal("resolved", resolved["status"]);
            Assert.NotNull(resolved["ends_at"]);
            Assert.Equal(firing["fingerprint"], resolved["fingerprint"]);
            Assert.Equal("agentsystem", firing["receiver"]);
            Assert.Contains("WorkerDown", Assert.IsType<string>(firing["group_key"]), StringComparison.Ordinal);
        }
        finally
        {
            alertmanager.Kill(entireProcessTree: true);
            await alertmanager.WaitForExitAsync();
        }
    }

    private Process Start(string webhook, out string url)
    {
        var key = Path.Combine(_folder, "api-key");
        File.WriteAllText(key, AlertingHost.ApiKey);
        var configuration = Path.Combine(_folder, "alertmanager.yml");
        File.WriteAllText(configuration, $$"""
            route:
              receiver: agentsystem
              group_by: [alertname]
              group_wait: 0s
              group_interval: 1s
              repeat_interval: 1h
            receivers:
              - name: agentsystem
                webhook_configs:
                  - url: {{webhook}}{{WebhookExtensions.Path}}
                    send_resolved: true
                    http_config:
                      authorization:
                        credentials_file: {{key}}
            """);
        var port = FreePort();
        url = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        var start = new ProcessStartInfo("prometheus-alertmanager")
        {
            ArgumentList =
            {
                $"--config.file={configuration}", $"--storage.path={Path.Combine(_folder, "data")}",
                $"--web.listen-address={url["http://".Length..]}", "--cluster.listen-address=",
            },
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        // Nobody reads its log, and a full pipe would stop it.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task PostAlertAsync(HttpClient http, DateTimeOffset? endsAt)
    {
        using var answer = await http.PostAsJsonAsync("/api/v2/alerts", new[]
        {
            new
            {
                labels = new Dictionary<string, string> { ["alertname"] = "WorkerDown", ["severity"] = "critical", ["worker"] = "marie" },
                annotations = new Dictionary<string, string> { ["summary"] = "marie is gone" },
                startsAt = DateTimeOffset.UtcNow.AddMinutes(-1),
                endsAt = endsAt ?? DateTimeOffset.UtcNow.AddMinutes(5),
                generatorURL = "http://127.0.0.1:9090/graph",
            },
        });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task WaitUntilReadyAsync(HttpClient http, Process process)
    {
        using var bound = new CancellationTokenSource(Bound);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(bound.Token))
        {
            Assert.False(process.HasExited, "prometheus-alertmanager ended at once; is its configuration accepted?");
            try
            {
                using var answer = await http.GetAsync("/-/ready", bound.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
