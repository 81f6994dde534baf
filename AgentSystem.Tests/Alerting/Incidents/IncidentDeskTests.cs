using AgentSystem.Protocol.Api;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Incidents;

/// <summary>What becomes of alerts as they come.</summary>
public sealed class IncidentDeskTests : IDisposable
{
    private readonly SomeDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Three_workers_down_are_one_incident_whether_they_come_at_once_or_one_by_one()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"), Firing("WorkerDown", "anga"));
        await _desk.ReceiveAsync(Firing("WorkerDown", "fabien", at: 30));

        var incident = await _desk.OnlyAsync();
        Assert.Equal((IncidentState.Open, AlertSeverity.Critical, 3), (incident.State, incident.Severity, incident.Alerts.Count));
        Assert.Equal("WorkerDown of the worker marie, the worker anga and the worker fabien", incident.Title);
        Assert.Equal(["opened", "alert_joined", "alert_joined"], incident.Timeline.Select(entry => entry.Event).Where(e => e != "cause"));
    }

    [Fact]
    public async Task An_alert_that_only_shows_that_alerts_get_through_is_no_incident()
    {
        await _desk.ReceiveAsync(Firing("Watchdog", severity: "none", receiver: "watchdog"));

        Assert.Empty(await _desk.AllAsync());
    }

    [Fact]
    public async Task A_full_duplicate_is_counted_and_changes_nothing_else()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", summary: "marie is gone"));
        var before = await _desk.OnlyAsync();
        _desk.Time.Advance(TimeSpan.FromMinutes(1));

        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", summary: "marie is gone"));
        var after = await _desk.OnlyAsync();

        Assert.Equal(2, Assert.Single(after.Alerts).Deliveries);
        Assert.Equal((before.UpdatedAt, before.Timeline.Count, before.Title), (after.UpdatedAt, after.Timeline.Count, after.Title));
    }

    [Fact]
    public async Task A_partial_duplicate_says_something_new_about_the_same_alert()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", summary: "gone for 1 min"));
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", summary: "gone for 5 min"));

        var incident = await _desk.OnlyAsync();
        Assert.Equal("WorkerDown: gone for 5 min", incident.Title);
        Assert.Equal(["opened"], incident.Timeline.Select(entry => entry.Event));
    }

    [Fact]
    public async Task A_warning_that_is_only_recorded_is_info_until_it_is_delivered_as_a_ticket_and_never_sinks_again()
    {
        await _desk.ReceiveAsync(Firing("HighTaskLatency", severity: "warning", receiver: "record"));
        Assert.Equal(AlertSeverity.Info, (await _desk.OnlyAsync()).Severity);

        await _desk.ReceiveAsync(Firing("HighTaskLatency", severity: "warning", receiver: "tickets-platform"));
        await _desk.ReceiveAsync(Firing("HighTaskLatency", severity: "warning", receiver: "record"));

        var incident = await _desk.OnlyAsync();
        Assert.Equal(AlertSeverity.Warning, incident.Severity);
        Assert.Equal(["opened", "raised"], incident.Timeline.Select(entry => entry.Event));
    }

    [Fact]
    public async Task A_ticket_of_the_day_that_comes_back_at_night_is_only_recorded_until_it_is_a_ticket_again()
    {
        await _desk.ReceiveAsync(Firing("HighTaskLatency", severity: "warning", receiver: "tickets-agents"));
        await _desk.ReceiveAsync(Ended("HighTaskLatency", severity: "warning", receiver: "record"));
        _desk.Time.Advance(TimeSpan.FromMinutes(10));

        await _desk.ReceiveAsync(Firing("HighTaskLatency", severity: "warning", at: 600, receiver: "record"));
        var night = await _desk.OnlyAsync();
        await _desk.ReceiveAsync(Firing("HighTaskLatency", severity: "warning", at: 600, receiver: "tickets-agents"));

        Assert.Equal((IncidentState.Open, AlertSeverity.Info), (night.State, night.Severity));
        Assert.Equal(AlertSeverity.Warning, (await _desk.OnlyAsync()).Severity);
    }

    [Fact]
    public async Task An_incident_is_over_when_its_last_alert_has_ended_and_the_end_of_the_unknown_is_none()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"), Firing("WorkerDown", "anga"), Ended("NeverHeardOf"));
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"));
        Assert.Equal(IncidentState.Open, (await _desk.OnlyAsync()).State);

        await _desk.ReceiveAsync(Ended("WorkerDown", "anga"));

        var incident = await _desk.OnlyAsync();
        Assert.Equal((IncidentState.Resolved, null), (incident.State, incident.ResolvedBy));
        Assert.All(incident.Alerts, alert => Assert.Equal(AlertPhase.Resolved, alert.Phase));
    }

    [Fact]
    public async Task What_comes_late_is_no_news()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"));

        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));

        Assert.Equal(IncidentState.Resolved, (await _desk.OnlyAsync()).State);
    }

    [Fact]
    public async Task What_comes_back_soon_opens_its_incident_again_and_what_comes_back_late_is_a_new_one()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie", end: 60));
        _desk.Time.Advance(TimeSpan.FromMinutes(10));
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", at: 600));
        Assert.Equal(IncidentState.Open, (await _desk.OnlyAsync()).State);

        _desk.Time.Advance(TimeSpan.FromHours(1));
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie", at: 600, end: 4200));
        _desk.Time.Advance(TimeSpan.FromHours(1));
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", at: 7800));

        Assert.Equal([IncidentState.Resolved, IncidentState.Open], (await _desk.AllAsync()).Select(incident => incident.State));
    }

    [Fact]
    public async Task A_flapping_alert_holds_its_incident_open_until_it_is_quiet()
    {
        for (var minute = 0; minute < 8; minute += 2)
        {
            await _desk.ReceiveAsync(Firing("WorkerDown", "marie", at: minute * 60));
            _desk.Time.Advance(TimeSpan.FromMinutes(1));
            await _desk.ReceiveAsync(Ended("WorkerDown", "marie", at: minute * 60, end: minute * 60 + 60));
            _desk.Time.Advance(TimeSpan.FromMinutes(1));
        }
        var incident = await _desk.OnlyAsync();
        Assert.Equal((IncidentState.Open, true), (incident.State, incident.Alerts[0].Flapping));
        Assert.Single(incident.Timeline, entry => entry.Event == "reopened");

        await _desk.PassAsync(300);
        Assert.Equal(IncidentState.Open, (await _desk.OnlyAsync()).State);
        await _desk.PassAsync(300);

        Assert.Equal(IncidentState.Resolved, (await _desk.OnlyAsync()).State);
        Assert.Equal(["flapping", "steady"], (await _desk.EventsAsync(incident.Id)).Where(e => e is "flapping" or "steady"));
    }

    [Fact]
    public async Task An_alert_that_links_two_incidents_makes_them_one()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"));
        await _desk.ReceiveAsync(Firing("TaskBacklogGrowing", "anga", "warning", receiver: "tickets-platform"));
        Assert.Equal(2, (await _desk.AllAsync()).Count);

        await _desk.ReceiveAsync(Firing("OrchestratorDown", at: 20));

        var active = Assert.Single(await _desk.AllAsync(), incident => incident.State == IncidentState.Open);
        Assert.Equal((3, "orchestrator"), (active.Alerts.Count, active.Cause!.Component));
        var merged = Assert.Single(await _desk.AllAsync(), incident => incident.State == IncidentState.Merged);
        Assert.Equal(active.Id, merged.MergedInto);
        await _desk.ReceiveAsync(Ended("TaskBacklogGrowing", "anga", "warning"));
        Assert.Equal(AlertPhase.Resolved, (await _desk.Store.FindAsync(active.Id))!.Alerts.Single(alert => alert.Name == "TaskBacklogGrowing").Phase);
    }

    [Fact]
    public async Task An_alert_that_opened_a_new_incident_is_not_taken_for_what_it_was_in_an_earlier_one()
    {
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie"), Firing("WorkerDown", "anga"));
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"));
        await _desk.Desk.ResolveAsync((await _desk.OnlyAsync()).Id, "ann");
        _desk.Time.Advance(TimeSpan.FromMinutes(40));
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", at: 2400));

        for (var time = 0; time < 2; time++)
            await _desk.ReceiveAsync(Firing("WorkerDown", "anga"), Firing("WorkerDown", "marie", at: 2400));
        var second = (await _desk.AllAsync())[1];
        await _desk.ReceiveAsync(Firing("WorkerDown", "anga"), Ended("WorkerDown", "marie", at: 2400, end: 2460));

        Assert.Equal(5, Assert.Single(second.Alerts).Deliveries);
        Assert.Equal([IncidentState.Resolved, IncidentState.Resolved], (await _desk.AllAsync()).Select(incident => incident.State));
    }
}
