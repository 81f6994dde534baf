using System.Net.Http.Json;
using System.Text.Json;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Alerting.Notifications;
using AgentSystem.Tests.Chaos;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Alerting;

/// <summary>
/// The real Prometheus, with the rules that watch those who watch, dies under the real Alertmanager. Its repetitions, and with them what is taken for
/// silence, are so short that a busy machine would look like a silence, so it runs alone.
/// </summary>
[Collection(SystemUnderFaultsTests.Name)]
public sealed class SilentPrometheusTests : IDisposable
{
    private const string Down = "WorkerDown";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_Prometheus_that_dies_is_one_page_and_ends_no_incident_and_all_goes_on_when_it_is_back()
    {
        await using var services = await FakeServices.StartAsync();
        var url = BackendProcess.NewAddress();
        await using var host = await AlertingHost.StartAsync(
        [
            .. services.Settings, ("ALERTMANAGER_URL", url.OriginalString), ("Alerting:LookInterval", "00:00:00.200"), ("Alerting:LostAfter", "00:00:08"),
            ("Alerting:WatchdogRepeat", "00:00:04"), ("Alerting:WatchdogSilence", "00:00:16"),
        ]);
        await using var alertmanager = await ForwardingAlertmanager.StartAsync(_folder["alertmanager"], host.Url, url);
        var prometheusUrl = BackendProcess.NewAddress();
        var prometheus = await StartPrometheusAsync(url, prometheusUrl);
        try
        {
            await Eventually.True(async () => await FindAsync(host, Down) is { Alerts: [{ Phase: AlertPhase.Firing }] } && services.Pages.Count == 1, Bound);
            await Eventually.True(() => host.Get<IncidentDesk>().WasWatchdogHeardAsync(CancellationToken.None), Bound);

            await prometheus.DisposeAsync();
            await Eventually.True(async () => (await KnownAsync(alertmanager)).Count == 0, Bound);
            var silent = (await Eventually.NotNull(() => FindAsync(host, MonitoringSilent.Name), Bound))!;
            await Eventually.True(() => services.Pages.Count == 2);
            // Alertmanager has told that it has ended.
            var down = await Eventually.Get(() => FindAsync(host, Down), found => found!.Timeline.Any(entry => entry.Event == "end_doubted"), Bound);
            Assert.Equal((IncidentState.Open, AlertPhase.Firing), (down!.State, down.Alerts.Single().Phase));
            Assert.Equal((IncidentState.Open, AlertSeverity.Critical), (silent.State, silent.Severity));

            prometheus = await StartPrometheusAsync(url, prometheusUrl);
            await Eventually.True(async () => (await FindAsync(host, MonitoringSilent.Name))!.State == IncidentState.Resolved, Bound);
            var told = down.Alerts.Single().Deliveries;
            down = await Eventually.Get(() => FindAsync(host, Down), found => found!.Alerts.Single().Deliveries > told, Bound);
            await Eventually.True(() => services.Pages[Key(silent)].Count == 2);

            Assert.Equal((IncidentState.Open, AlertPhase.Firing), (down!.State, down.Alerts.Single().Phase));
            Assert.DoesNotContain(down.Timeline, entry => entry.Event is "alert_ended" or "resolved" or "reopened");
            Assert.Equal(["trigger", "resolve"], services.Pages[Key(silent)]);
            Assert.Equal(["trigger"], services.Pages[Key(down)]);
            Assert.Equal(3, services.Events.Count);
        }
        finally
        {
            await prometheus.DisposeAsync();
        }
    }

    private Task<BackendProcess> StartPrometheusAsync(Uri alertmanager, Uri url)
    {
        var rules = Directory.CreateDirectory(_folder["rules"]).FullName;
        File.Copy(Path.Combine(Repository.Root, "infra", "prometheus", "rules", "monitoring.yml"), Path.Combine(rules, "monitoring.yml"), overwrite: true);
        File.WriteAllText(Path.Combine(rules, "test.yml"), $$"""
            groups:
              - name: test
                rules:
                  - alert: {{Down}}
                    expr: vector(0) == 0
                    labels: { severity: critical, team: platform, worker: marie }
            """);
        File.WriteAllText(_folder["prometheus.yml"], $$"""
            global:
              evaluation_interval: 1s
            rule_files: [rules/*.yml]
            alerting:
              alertmanagers:
                - static_configs:
                    - targets: ["{{alertmanager.Authority}}"]
            """);
        return BackendProcess.StartPrometheusAsync(_folder["prometheus.yml"], _folder["data"], url, "--rules.alert.resend-delay=3s");
    }

    private static string Key(Incident incident) => $"agentsystem/{incident.Id}";

    private static async Task<Incident?> FindAsync(AlertingHost host, string alert)
    {
        var store = host.Get<IncidentStore>();
        var all = await store.ReadAsync(session => session.List(Enum.GetValues<IncidentState>(), AlertSeverity.Info, 10));
        return all.SingleOrDefault(incident => incident.Alerts.Any(known => known.Name == alert)) is { } found ? await store.FindAsync(found.Id) : null;
    }

    private static async Task<IReadOnlyList<JsonElement>> KnownAsync(BackendProcess alertmanager) =>
        [.. (await alertmanager.Http.GetFromJsonAsync<JsonElement>("/api/v2/alerts")).EnumerateArray()];
}
