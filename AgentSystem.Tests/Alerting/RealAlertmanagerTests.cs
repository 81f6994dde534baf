using System.Net.Http.Json;
using System.Text.Json;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Alerting;

/// <summary>The webhook against the Alertmanager of the distribution: what it really sends, and that its credentials file opens the door.</summary>
public sealed class RealAlertmanagerTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_alert_that_Alertmanager_gets_arrives_as_an_event_when_it_fires_and_when_it_is_over()
    {
        await using var host = await AlertingHost.StartAsync();
        var url = BackendProcess.NewAddress();
        await using var alertmanager = await ForwardingAlertmanager.StartAsync(_folder.Path, host.Url, url);
        var http = alertmanager.Http;

        await PostAlertAsync(http, "WorkerDown", "critical", endsAt: null);
        var (name, firing) = await host.NextEventAsync(Bound);
        await PostAlertAsync(http, "WorkerDown", "critical", endsAt: DateTimeOffset.UtcNow);
        var (_, resolved) = await host.NextEventAsync(Bound);

        Assert.Equal("AlertReceived", name);
        Assert.Equal(("WorkerDown", "firing", "critical"), (firing["alertname"], firing["status"], firing["severity"]));
        Assert.Equal("resolved", resolved["status"]);
        Assert.NotNull(resolved["ends_at"]);
        Assert.Equal(firing["fingerprint"], resolved["fingerprint"]);
        Assert.Equal("agentsystem", firing["receiver"]);
        Assert.Contains("WorkerDown", Assert.IsType<string>(firing["group_key"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Alertmanager_inhibits_is_recorded_with_what_inhibits_it()
    {
        var url = BackendProcess.NewAddress();
        await using var host = await AlertingHost.StartAsync(("ALERTMANAGER_URL", url.OriginalString), ("Alerting:LookInterval", "00:00:00.200"));
        await using var alertmanager = await ForwardingAlertmanager.StartAsync(_folder.Path, host.Url, url);
        var http = alertmanager.Http;
        await PostAlertAsync(http, "WorkerDown", "critical", endsAt: null);
        await host.NextEventAsync(Bound);
        await PostAlertAsync(http, "TaskBacklogGrowing", "warning", endsAt: null);

        var store = host.Get<IncidentStore>();
        var incident = await Eventually.Get(
            async () => (await store.ReadAsync(session => session.Active())).SingleOrDefault(), found => found?.Alerts.Count == 2, Bound);
        var suppression = Assert.Single(incident!.Alerts[1].SuppressedBy);
        Assert.Equal((AlertPhase.Suppressed, "alert", "WorkerDown of the worker marie"), (incident.Alerts[1].Phase, suppression.Kind, suppression.Name));
        Assert.Equal(incident.Alerts[0].Fingerprint, suppression.Id);
    }

    [Fact]
    public async Task The_alert_that_always_fires_is_heard_where_Alertmanager_says_what_it_knows()
    {
        var url = BackendProcess.NewAddress();
        await using var host = await AlertingHost.StartAsync(("ALERTMANAGER_URL", url.OriginalString), ("Alerting:LookInterval", "00:00:00.200"));
        await using var alertmanager = await ForwardingAlertmanager.StartAsync(_folder.Path, host.Url, url);
        var desk = host.Get<IncidentDesk>();
        Assert.False(await desk.WasWatchdogHeardAsync(CancellationToken.None));

        await PostAlertAsync(alertmanager.Http, Watchdog.AlertName, "none", endsAt: null);

        await Eventually.True(() => desk.WasWatchdogHeardAsync(CancellationToken.None), Bound);
        var first = await UpdateAsync();
        // What is said again is heard again.
        await PostAlertAsync(alertmanager.Http, Watchdog.AlertName, "none", endsAt: null);
        Assert.True(await UpdateAsync() > first);

        async Task<DateTimeOffset> UpdateAsync() =>
            (await alertmanager.Http.GetFromJsonAsync<JsonElement>("/api/v2/alerts")).EnumerateArray().Single().GetProperty("updatedAt").GetDateTimeOffset();
    }

    private static async Task PostAlertAsync(HttpClient http, string name, string severity, DateTimeOffset? endsAt)
    {
        using var answer = await http.PostAsJsonAsync("/api/v2/alerts", new[]
        {
            new
            {
                labels = new Dictionary<string, string> { ["alertname"] = name, ["severity"] = severity, ["worker"] = "marie" },
                annotations = new Dictionary<string, string> { ["summary"] = "marie is gone" },
                startsAt = DateTimeOffset.UtcNow.AddMinutes(-1),
                endsAt = endsAt ?? DateTimeOffset.UtcNow.AddMinutes(5),
                generatorURL = "http://127.0.0.1:9090/graph",
            },
        });
        answer.EnsureSuccessStatusCode();
    }
}
