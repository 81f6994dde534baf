using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Incidents;

/// <summary>What Alertmanager keeps to itself: which alert is suppressed by what.</summary>
public sealed class SuppressionTests : IDisposable
{
    private static readonly AlertReport Down = Firing("WorkerDown", "marie");
    private static readonly AlertReport Backlog = Firing("TaskBacklogGrowing", "marie", "warning", at: 5, receiver: "api");

    private readonly SomeDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task An_inhibited_alert_joins_the_incident_of_the_one_that_inhibits_it_without_a_say()
    {
        await _desk.ReceiveAsync(Down);
        await _desk.PassAsync(15, [new(Down, [], []), new(Backlog, [Down.Fingerprint], [])]);
        await _desk.PassAsync(15, [new(Down, [], []), new(Backlog, [Down.Fingerprint], [])]);

        var incident = await _desk.OnlyAsync();
        var backlog = incident.Alerts[1];
        Assert.Equal(AlertPhase.Suppressed, backlog.Phase);
        Assert.Equal(new("alert", Down.Fingerprint, "WorkerDown of the worker marie"), Assert.Single(backlog.SuppressedBy));
        Assert.Equal("TaskBacklogGrowing of the worker marie is suppressed by WorkerDown of the worker marie", Assert.Single(incident.Timeline, entry => entry.Event == "suppressed").Text);
        Assert.Contains("It keeps another alert from being told.", incident.Cause!.Reasons);

        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"));
        Assert.Equal(IncidentState.Resolved, (await _desk.OnlyAsync()).State);
    }

    [Fact]
    public async Task What_is_left_when_the_cause_is_gone_goes_on_in_its_incident_without_its_severity()
    {
        await _desk.ReceiveAsync(Down);
        await _desk.PassAsync(15, [new(Down, [], []), new(Backlog, [Down.Fingerprint], [])]);
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"));

        await _desk.ReceiveAsync(Backlog with { Receiver = "tickets-platform" });

        var incident = await _desk.OnlyAsync();
        Assert.Equal((IncidentState.Open, AlertSeverity.Warning, AlertPhase.Firing), (incident.State, incident.Severity, incident.Alerts[1].Phase));
        Assert.Equal("reopened", incident.Timeline[^1].Event);
    }

    [Fact]
    public async Task What_is_left_at_night_is_only_recorded()
    {
        await _desk.ReceiveAsync(Down);
        await _desk.PassAsync(15, [new(Down, [], []), new(Backlog, [Down.Fingerprint], [])]);
        await _desk.PassAsync(15, [new(Down, [], []), new(Backlog, [], [])]);

        await _desk.ReceiveAsync(Backlog with { Receiver = "record" });

        Assert.Equal((AlertPhase.Firing, AlertSeverity.Info), ((await _desk.OnlyAsync()).Alerts[1].Phase, (await _desk.OnlyAsync()).Alerts[1].Severity));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_an_alert_that_two_incidents_have_a_merged_one_has_what_it_is_now(bool intoTheEarlier)
    {
        var (earlier, later) = await InTwoIncidentsAsync();

        var merged = await (intoTheEarlier ? _desk.Desk.MergeAsync(later, earlier, "ann") : _desk.Desk.MergeAsync(earlier, later, "ann"));

        Assert.Equal(
            [("HighTaskLatency", AlertPhase.Firing), ("OrchestratorDown", AlertPhase.Firing), ("WorkerDown", AlertPhase.Suppressed)],
            merged.Alerts.Select(alert => (alert.Name, alert.Phase)).Order());
        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", at: 720));
        var alert = (await _desk.Store.FindAsync(merged.Id))!.Alerts.Single(alert => alert.Name == "WorkerDown");
        Assert.Equal(AlertPhase.Firing, alert.Phase);
    }

    [Fact]
    public async Task An_alert_that_joins_an_incident_which_had_it_before_is_in_it_once()
    {
        var (earlier, _) = await InTwoIncidentsAsync();
        await _desk.ReceiveAsync(Ended("OrchestratorDown", at: 700, end: 900));
        _desk.Time.Advance(TimeSpan.FromMinutes(40));

        await _desk.ReceiveAsync(Firing("WorkerDown", "marie", at: 720));

        var incident = Assert.Single(await _desk.AllAsync(), incident => incident.State.IsActive());
        Assert.Equal(earlier, incident.Id);
        Assert.Equal([("HighTaskLatency", AlertPhase.Firing), ("WorkerDown", AlertPhase.Firing)], incident.Alerts.Select(alert => (alert.Name, alert.Phase)).Order());
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie", at: 720, end: 3600));
        Assert.Equal(AlertPhase.Resolved, (await _desk.Store.FindAsync(earlier))!.Alerts.Single(alert => alert.Name == "WorkerDown").Phase);
    }

    [Theory]
    [InlineData(31 * 60, null)] // later than Alerting:ReopenWindow
    [InlineData(60, "ann")] // somebody said that it is over
    public async Task What_is_left_of_what_is_over_for_good_is_an_incident_of_its_own(double seconds, string? by)
    {
        await _desk.ReceiveAsync(Down);
        await _desk.PassAsync(15, [new(Down, [], []), new(Backlog, [Down.Fingerprint], [])]);
        if (by is not null)
            await _desk.Desk.ResolveAsync((await _desk.OnlyAsync()).Id, by);
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"));
        await _desk.PassAsync(seconds);

        await _desk.ReceiveAsync(Backlog with { Receiver = "tickets-platform" });

        Assert.Equal([AlertSeverity.Critical, AlertSeverity.Warning], (await _desk.AllAsync()).Select(incident => incident.Severity));
        Assert.Equal([IncidentState.Resolved, IncidentState.Open], (await _desk.AllAsync()).Select(incident => incident.State));
    }

    [Fact]
    public async Task A_suppression_that_is_over_is_said_and_the_alert_counts_when_it_is_delivered()
    {
        await _desk.ReceiveAsync(Down);
        await _desk.PassAsync(15, [new(Down, [], []), new(Backlog, [Down.Fingerprint], [])]);
        await _desk.PassAsync(15, [new(Down, [], []), new(Backlog, [], [])]);
        Assert.Empty((await _desk.OnlyAsync()).Alerts[1].SuppressedBy);

        await _desk.ReceiveAsync(Backlog with { Receiver = "tickets-platform" });

        var incident = await _desk.OnlyAsync();
        Assert.Equal((AlertPhase.Firing, AlertSeverity.Warning), (incident.Alerts[1].Phase, incident.Alerts[1].Severity));
        Assert.Single(incident.Timeline, entry => entry.Event == "unsuppressed");
    }

    [Fact]
    public async Task A_silenced_alert_of_an_incident_is_marked_and_one_that_nobody_heard_of_is_left_alone()
    {
        await _desk.ReceiveAsync(Down);
        await _desk.PassAsync(15, [new(Down, [], ["s-1"]), new(Firing("Other"), [], ["s-1"])]);

        var alert = Assert.Single((await _desk.OnlyAsync()).Alerts);
        Assert.Equal((AlertPhase.Firing, "silence s-1"), (alert.Phase, Assert.Single(alert.SuppressedBy).Name));
    }

    [Fact]
    public async Task An_inhibited_alert_that_ends_is_over_unheard()
    {
        await _desk.ReceiveAsync(Down);
        await _desk.PassAsync(15, [new(Down, [], []), new(Backlog, [Down.Fingerprint], [])]);
        await _desk.PassAsync(15, [new(Down, [], [])]);

        Assert.Equal([AlertPhase.Firing, AlertPhase.Resolved], (await _desk.OnlyAsync()).Alerts.Select(alert => alert.Phase));
    }

    [Fact]
    public async Task An_alert_that_Alertmanager_has_lost_ends()
    {
        await _desk.ReceiveAsync(Down);
        await _desk.PassAsync(15, [], Down.Fingerprint);

        Assert.Equal(IncidentState.Resolved, (await _desk.OnlyAsync()).State);
    }

    /// <summary>WorkerDown of marie was in the first of two active incidents, and now follows from the alert of the second.</summary>
    private async Task<(string Earlier, string Later)> InTwoIncidentsAsync()
    {
        await _desk.ReceiveAsync(Down, Firing("HighTaskLatency", "marie", "warning", receiver: "tickets-agents"));
        await _desk.ReceiveAsync(Ended("WorkerDown", "marie"), Ended("HighTaskLatency", "marie", "warning"));
        _desk.Time.Advance(TimeSpan.FromMinutes(12));
        var cause = Firing("OrchestratorDown", at: 700);
        await _desk.ReceiveAsync(cause);
        await _desk.PassAsync(15, [new(cause, [], []), new(Firing("WorkerDown", "marie", at: 720, receiver: "api"), [cause.Fingerprint], [])]);
        await _desk.ReceiveAsync(Firing("HighTaskLatency", "marie", "warning", at: 740, receiver: "tickets-agents"));
        var all = await _desk.AllAsync();
        Assert.Equal((2, 2, 2), (all.Count(incident => incident.State.IsActive()), all[0].Alerts.Count, all[1].Alerts.Count));
        return (all[0].Id, all[1].Id);
    }
}
