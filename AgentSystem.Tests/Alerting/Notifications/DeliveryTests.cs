using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Notifications;

/// <summary>What arrives at PagerDuty and Slack, whatever they answer.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private FakeServices _services = null!;
    private AlertingHost _host = null!;

    private IncidentDesk Desk => _host.Get<IncidentDesk>();

    public async Task InitializeAsync()
    {
        _services = await FakeServices.StartAsync();
        _host = await AlertingHost.StartAsync(_services.Settings);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task An_incident_is_one_page_and_one_message_from_its_beginning_to_its_end()
    {
        await Desk.ReceiveAsync([Firing("WorkerDown", "marie", summary: "marie <is> gone & lost")]);
        await Desk.ReceiveAsync([Firing("WorkerDown", "anga", at: 10)]);
        var id = (await OnlyAsync()).Id;
        await SettledAsync();
        await Desk.AcknowledgeAsync(id, "ann");
        await Desk.AssignAsync(id, "bob", "ann");
        await Desk.ReceiveAsync([Ended("WorkerDown", "marie"), Ended("WorkerDown", "anga", at: 10)]);
        await SettledAsync();

        Assert.Equal(["trigger", "acknowledge", "resolve"], Assert.Single(_services.Pages).Value);
        Assert.Equal($"agentsystem/{id}", _services.Pages.Keys.Single());
        Assert.All(_services.Events, e => Assert.Equal(FakeServices.RoutingKey, (string?)e["routing_key"]));
        var message = Assert.Single(_services.Messages).ToJsonString();
        Assert.Contains("resolved", message, StringComparison.Ordinal);
        Assert.Contains("bob", message, StringComparison.Ordinal);
        Assert.Single(_services.Requests, "chat.postMessage");
        Assert.Empty(_services.Violations);
        Assert.Contains((await _host.Get<IncidentStore>().FindAsync(id))!.Timeline, entry => entry.Text == "Told pagerduty (trigger)");
    }

    [Fact]
    public async Task A_warning_is_told_in_Slack_only_and_info_nowhere()
    {
        await Desk.ReceiveAsync([Firing("HighTaskLatency", severity: "warning", receiver: "tickets-platform")]);
        await Desk.ReceiveAsync([Firing("Odd", severity: "info", at: 9000), Firing("Slow", severity: "warning", at: 20_000, receiver: "record")]);
        await SettledAsync();

        Assert.Empty(_services.Events);
        Assert.Contains("HighTaskLatency", Assert.Single(_services.Messages).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Alertmanager_has_paged_for_by_itself_pages_nobody_again()
    {
        await Desk.ReceiveAsync([Firing("AlertingServiceDown", receiver: "record")]);
        await SettledAsync();

        Assert.Empty(_services.Events);
        Assert.Empty(_services.Messages);
        Assert.Equal("AlertingServiceDown", Assert.Single((await OnlyAsync()).Alerts).Name);
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_until_it_does()
    {
        _services.Fail("enqueue", 429, retryAfter: "0");
        _services.Fail("enqueue", 500);
        _services.Fail("chat.postMessage", 200, """{"ok":false,"error":"ratelimited"}""", retryAfter: "0");
        _services.Fail("chat.postMessage", 503);
        _services.Fail("chat.postMessage", 200, "<html>a proxy's</html>");

        await Desk.ReceiveAsync([Firing("WorkerDown", "marie")]);
        await SettledAsync();

        Assert.Equal(["trigger"], Assert.Single(_services.Pages).Value);
        Assert.Single(_services.Messages);
        Assert.Empty(_services.Violations);
        var metrics = await MetricsAsync();
        Assert.Contains("""alerting_notifications_total{channel="pagerduty",outcome="retried"} 2""", metrics, StringComparison.Ordinal);
        Assert.Contains("""alerting_notifications_total{channel="pagerduty",outcome="delivered"} 1""", metrics, StringComparison.Ordinal);
        Assert.Contains("""alerting_incidents_open{severity="critical"} 1""", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_is_not_sent_again_and_does_not_keep_others_from_being_sent()
    {
        _services.Fail("enqueue", 400, """{"status":"invalid event"}""");
        _services.Fail("chat.postMessage", 200, """{"ok":false,"error":"channel_not_found"}""");

        await Desk.ReceiveAsync([Firing("WorkerDown", "marie")]);
        await SettledAsync();
        await Desk.ReceiveAsync([Firing("ClaudeAPIFailures", at: 5000)]);
        await SettledAsync();

        Assert.Equal(2, _services.Requests.Count(request => request == "enqueue"));
        Assert.Single(_services.Pages);
        Assert.Single(_services.Messages);
        var first = (await AllAsync())[^1];
        var told = (await _host.Get<IncidentStore>().FindAsync(first.Id))!.Timeline.Where(entry => entry.Event == "not_told").Select(entry => entry.Text).Order(StringComparer.Ordinal);
        Assert.Equal(
            ["""pagerduty refused the message (trigger): HTTP 400: {"status":"invalid event"}""", "slack refused the message (show): chat.postMessage: channel_not_found"], told);
    }

    [Fact]
    public async Task A_message_whose_answer_was_lost_is_found_and_not_posted_twice()
    {
        var lost = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        _services.OnTaken = (method, _) => lost.TryAdd(method, true);

        await Desk.ReceiveAsync([Firing("WorkerDown", "marie")]);
        await SettledAsync();

        Assert.Single(_services.Messages);
        Assert.Contains("conversations.history", _services.Requests);
        Assert.Single(_services.Requests, "chat.postMessage");
        Assert.Equal(["trigger"], Assert.Single(_services.Pages).Value);
    }

    [Fact]
    public async Task A_message_that_somebody_deleted_is_posted_anew()
    {
        await Desk.ReceiveAsync([Firing("WorkerDown", "marie")]);
        await SettledAsync();
        _services.DeleteMessages();

        await Desk.AcknowledgeAsync((await OnlyAsync()).Id, "ann");
        await SettledAsync();

        Assert.Contains("acknowledged by ann", Assert.Single(_services.Messages).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_alerts_say_stays_within_the_limits()
    {
        var long_ = string.Concat(Enumerable.Repeat("<&> \"ü\" 😀 ", 250));
        await Desk.ReceiveAsync([.. Enumerable.Range(0, 80).Select(i => Firing("WorkerDown", $"w{i}<&>{long_}", summary: long_))]);
        await Desk.ReceiveAsync([Firing("OrchestratorDown", at: 5, summary: long_)]);
        await Desk.ReportAsync(new() { Summary = long_[..2000], Source = "x", Link = "https://example.com" });
        await Desk.AssignAsync((await OnlyAsync()).Id, long_[..100], "ann");
        await SettledAsync();

        Assert.Empty(_services.Violations);
        Assert.Single(_services.Messages);
        Assert.Single(_services.Pages);
        Assert.Single(_services.Changes);
    }

    [Fact]
    public async Task A_change_of_the_system_is_told_to_PagerDuty_without_an_incident()
    {
        await Desk.ReportAsync(new() { Summary = "deployed 1.2", Source = "orchestrator", Link = "https://example.com/1.2" });
        await SettledAsync();

        var change = Assert.Single(_services.Changes);
        Assert.Equal(("deployed 1.2", "orchestrator"), ((string?)change["payload"]!["summary"], (string?)change["payload"]!["source"]));
        Assert.Empty(_services.Pages);
    }

    [Fact]
    public async Task No_page_waits_for_a_change_that_is_not_taken()
    {
        _services.Fail("change", 503, retryAfter: "3600");
        await Desk.ReportAsync(new() { Summary = "deployed 1.2" });
        await Eventually.True(() => _services.Requests.Contains("change"));
        await Desk.ReceiveAsync([Firing("WorkerDown", "marie")]);

        await Eventually.True(() => _services.Pages.Values.Any(effects => effects is ["trigger"]));
        Assert.Empty(_services.Changes);
    }

    [Fact]
    public async Task Incidents_that_become_one_leave_one_page_open()
    {
        await Desk.ReceiveAsync([Firing("WorkerDown", "marie")]);
        await Desk.ReceiveAsync([Firing("ClaudeAPIFailures", at: 5000)]);
        var incidents = await AllAsync();
        await Desk.MergeAsync(incidents[0].Id, incidents[1].Id, "ann");
        await SettledAsync();

        Assert.Equal(["trigger"], _services.Pages[$"agentsystem/{incidents[1].Id}"]);
        Assert.Equal(["trigger", "resolve"], _services.Pages[$"agentsystem/{incidents[0].Id}"]);
    }

    [Fact]
    public async Task A_channel_without_a_key_is_off_and_nothing_waits_for_it()
    {
        await using var quiet = await AlertingHost.StartAsync();
        await quiet.Get<IncidentDesk>().ReceiveAsync([Firing("WorkerDown", "marie")]);

        using var client = quiet.NewClient(apiKey: null);
        var metrics = await client.GetStringAsync("/metrics");

        foreach (var line in (string[])[
            """alerting_outbox_depth{channel="pagerduty"} 0""", """alerting_outbox_depth{channel="slack"} 0""", "alerting_outbox_oldest_seconds 0",
            """alerting_notifications_total{channel="slack",outcome="refused"} 0""", """alerting_incidents_open{severity="warning"} 0""", """alerting_incidents_open{severity="critical"} 1"""])
            Assert.Contains(line, metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Slack_token_without_a_channel_is_said_at_the_start()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => AlertingHost.StartAsync(("Slack:Token", "xoxb-1")));

        Assert.Contains("Slack:Channel is not", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_told_of_an_incident_has_no_key_in_it()
    {
        _services.Fail("enqueue", 400, "no");
        await Desk.ReceiveAsync([Firing("WorkerDown", "marie")]);
        await SettledAsync();

        var incident = System.Text.Json.JsonSerializer.Serialize((await _host.Get<IncidentStore>().FindAsync((await OnlyAsync()).Id))!, ApiJson.Default.Incident);
        Assert.DoesNotContain(FakeServices.RoutingKey, incident, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeServices.Token, incident, StringComparison.Ordinal);
    }

    // Nothing waits any more.
    private Task SettledAsync() => Eventually.True(async () => (await _host.Get<IncidentStore>().ReadAsync(session => session.Waiting())).Count == 0);

    private async Task<IReadOnlyList<Incident>> AllAsync() =>
        await _host.Get<IncidentStore>().ReadAsync(session => session.List(Enum.GetValues<IncidentState>(), AlertSeverity.Info, 10));

    private async Task<Incident> OnlyAsync() => Assert.Single(await AllAsync());

    private async Task<string> MetricsAsync()
    {
        using var client = _host.NewClient(apiKey: null);
        return await client.GetStringAsync("/metrics");
    }
}
