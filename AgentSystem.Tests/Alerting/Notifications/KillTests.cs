using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using AgentSystem.Alerting.Webhook;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Alerting.Notifications;

/// <summary>The real process, killed where it hurts most: while a message is on its way, and right after a notification was answered.</summary>
public sealed class KillTests : IAsyncDisposable, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();
    private Process? _process;

    [Fact]
    public async Task Every_incident_is_told_once_and_its_end_too_whenever_the_process_dies()
    {
        await using var services = await FakeServices.StartAsync();

        // Posted, and dead before Slack's answer.
        services.OnTaken = (method, _) => KillAt(method == "chat.postMessage");
        await StartAsync(services);
        var isAnswered = await TryPostAsync(("WorkerDown", "worker", "marie", "firing"));
        await _process!.WaitForExitAsync();

        // Triggered, and dead before PagerDuty's answer, while the first one's message is looked for.
        services.OnTaken = (method, e) => KillAt(method == "enqueue" && services.Pages.Count == 2);
        await StartAsync(services);
        if (!isAnswered)
            await TryPostAsync(("WorkerDown", "worker", "marie", "firing"));
        isAnswered = await TryPostAsync(("TargetDown", "job", "prometheus", "firing"));
        await _process!.WaitForExitAsync();

        // Answered, and dead at once.
        services.OnTaken = (_, _) => false;
        await StartAsync(services);
        if (!isAnswered)
            Assert.True(await TryPostAsync(("TargetDown", "job", "prometheus", "firing")));
        Assert.True(await TryPostAsync(("WorkerDown", "worker", "marie", "resolved"), ("TargetDown", "job", "prometheus", "resolved")));
        Kill();
        await _process!.WaitForExitAsync();

        await StartAsync(services);
        await Eventually.True(() => services.Pages.Count == 2 && services.Pages.Values.All(effects => effects is ["trigger", "resolve"]));
        await Eventually.True(() => services.Messages.Count == 2 && services.Messages.All(message => ((string?)message["text"])!.StartsWith("resolved", StringComparison.Ordinal)));
        Assert.Equal(2, services.Requests.Count(request => request == "chat.postMessage"));
        Assert.Empty(services.Violations);
    }

    [Fact]
    public async Task A_change_whose_answer_the_process_did_not_live_to_see_is_not_sent_twice_and_the_next_one_is_sent()
    {
        await using var services = await FakeServices.StartAsync();
        using var dead = new ManualResetEventSlim();
        services.OnTaken = (method, _) => method == "change" && dead.Wait(TimeSpan.FromSeconds(60));
        await StartAsync(services);
        await ReportAsync("deployed 1");
        await Eventually.True(() => services.Changes.Count == 1);
        await ReportAsync("deployed 2");
        Kill();
        await _process!.WaitForExitAsync();
        services.OnTaken = (_, _) => false;
        dead.Set();

        await StartAsync(services);
        await Eventually.True(() => services.Changes.Count >= 2);
        await SettledAsync();

        Assert.Equal(["deployed 1", "deployed 2"], Summaries(services));
        Assert.Contains("""alerting_outbox_in_doubt{channel="pagerduty-changes"} 1""", await MetricsAsync(), StringComparison.Ordinal);
        Assert.Contains("""alerting_notifications_total{channel="pagerduty-changes",outcome="delivered"} 1""", await MetricsAsync(), StringComparison.Ordinal);
        Assert.Empty(services.Violations);
    }

    [Fact]
    public async Task A_change_that_waits_for_another_attempt_when_the_process_dies_is_sent_after_it()
    {
        await using var services = await FakeServices.StartAsync();
        services.Fail("change", 503);
        services.Fail("change", 503, retryAfter: "600");
        await StartAsync(services);
        await ReportAsync("deployed 1");
        await Eventually.True(async () => (await MetricsAsync()).Contains("""alerting_notifications_total{channel="pagerduty-changes",outcome="retried"} 2""", StringComparison.Ordinal));
        Kill();
        await _process!.WaitForExitAsync();

        await StartAsync(services);
        await Eventually.True(() => !services.Changes.IsEmpty);
        await SettledAsync();

        Assert.Equal(["deployed 1"], Summaries(services));
        Assert.Contains("""alerting_outbox_in_doubt{channel="pagerduty-changes"} 0""", await MetricsAsync(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Kill();
        _process?.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private bool KillAt(bool condition)
    {
        if (condition)
            Kill();
        return condition;
    }

    private void Kill()
    {
        if (_process is { HasExited: false } process)
            process.Kill();
    }

    private async Task StartAsync(FakeServices services)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Alerting.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["API_KEY"] = AlertingHost.ApiKey;
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        start.Environment["ALERTING_DB"] = _folder["incidents.db"];
        foreach (var (name, value) in services.Settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        _process?.Dispose();
        _process = Process.Start(start)!;
        // Nobody reads what it says, and a full pipe would stop it.
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _address = new($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
        await Eventually.True(async () => _process.HasExited || (await _http.GetAsync(new Uri(_address, "/health"))).IsSuccessStatusCode, TimeSpan.FromSeconds(60));
    }

    private Uri _address = null!;

    /// <summary>False when the answer was lost with the process: Alertmanager then sends the same again.</summary>
    private async Task<bool> TryPostAsync(params (string Name, string Label, string Value, string Status)[] alerts)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, WebhookExtensions.Path))
        {
            Headers = { { "X-Api-Key", AlertingHost.ApiKey } },
            Content = JsonContent.Create(new
            {
                version = "4",
                groupKey = "g",
                status = "firing",
                receiver = "pages-platform",
                alerts = alerts.Select(alert => new
                {
                    status = alert.Status,
                    labels = new Dictionary<string, string> { ["alertname"] = alert.Name, ["severity"] = "critical", [alert.Label] = alert.Value },
                    startsAt = "2026-11-23T19:28:39.123Z",
                    endsAt = alert.Status == "resolved" ? "2026-11-23T19:40:00Z" : "0001-01-01T00:00:00Z",
                    fingerprint = alert.Name,
                }),
            }),
        };
        try
        {
            using var answer = await _http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task ReportAsync(string summary)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "/changes"))
        {
            Headers = { { "X-Api-Key", AlertingHost.ApiKey } },
            Content = JsonContent.Create(new { summary }),
        };
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private Task SettledAsync() =>
        Eventually.True(async () => (await MetricsAsync()).Contains("""alerting_outbox_depth{channel="pagerduty-changes"} 0""", StringComparison.Ordinal));

    private Task<string> MetricsAsync() => _http.GetStringAsync(new Uri(_address, "/metrics"));

    private static IEnumerable<string?> Summaries(FakeServices services) => services.Changes.Select(change => (string?)change["payload"]!["summary"]);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
