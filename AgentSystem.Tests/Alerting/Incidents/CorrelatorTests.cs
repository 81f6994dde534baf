using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using CsCheck;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Incidents;

public sealed class CorrelatorTests
{
    private static readonly Correlator Correlator = new(TimeSpan.FromMinutes(10));

    private static readonly Gen<IncidentAlert> AnyAlert =
        from name in Gen.OneOf("WorkerDown", "TaskBacklogGrowing", "OrchestratorDown", "DiskSpaceCritical", "HighCPUUsage", "ClaudeAPIFailures", "TargetDown")
        from worker in Gen.OneOf("marie", "anga", "fabien")
        from job in Gen.OneOf("prometheus", "loki")
        from at in Gen.Int[0, 3600]
        select name is "WorkerDown" or "TaskBacklogGrowing" ? Alert(name, worker, at: at) : Alert(name, at: at, job: name == "TargetDown" ? job : null);

    [Theory]
    [InlineData("WorkerDown", "marie", "WorkerDown", "anga", 60, true)] // a storm
    [InlineData("WorkerDown", "marie", "WorkerDown", "anga", 3600, false)]
    [InlineData("WorkerDown", "marie", "TaskBacklogGrowing", "marie", 3600, true)] // the same part, and the first still fires
    [InlineData("WorkerDown", "marie", "TaskBacklogGrowing", "anga", 60, false)] // siblings, each with a trouble of its own
    [InlineData("OrchestratorDown", null, "WorkerDown", "marie", 60, true)]
    [InlineData("WorkerDown", "marie", "OrchestratorDown", null, 60, true)]
    [InlineData("OrchestratorDown", null, "WorkerDown", "marie", 3600, false)]
    [InlineData("DiskSpaceCritical", null, "OrchestratorDown", null, 60, true)]
    [InlineData("HighCPUUsage", null, "DiskSpaceCritical", null, 60, true)]
    [InlineData("ClaudeAPIFailures", null, "OrchestratorDown", null, 60, false)]
    public void What_belongs_together_is_told_by_topology_and_time(string one, string? worker, string other, string? otherWorker, int later, bool related) =>
        Assert.Equal(related, Correlator.AreRelated(Alert(one, worker), Alert(other, otherWorker, at: later)));

    [Fact]
    public void What_only_watches_is_put_aside()
    {
        var watching = Alert("TargetDown", job: "prometheus");
        Assert.False(Correlator.AreRelated(watching, Alert("OrchestratorDown")));
        Assert.True(Correlator.AreRelated(watching, Alert("HighMemoryUsage")));
    }

    [Fact]
    public void An_alert_that_has_long_ended_explains_nothing_of_its_part()
    {
        var ended = Alert("WorkerDown", "marie") with { Phase = AlertPhase.Resolved, EndsAt = At(60) };
        Assert.False(Correlator.AreRelated(ended, Alert("TaskBacklogGrowing", "marie", at: 3600)));
    }

    [Fact]
    public void The_relation_has_no_direction() =>
        Gen.Select(AnyAlert, AnyAlert).Sample((one, other) => Correlator.AreRelated(one, other) == Correlator.AreRelated(other, one));

    [Fact]
    public void Incidents_do_not_hang_on_the_order_in_which_alerts_come() => Gen.Select(AnyAlert.Array[1, 12], Gen.Int).Sample((alerts, seed) =>
    {
        var distinct = alerts.DistinctBy(alert => alert.Fingerprint).ToArray();
        var shuffled = distinct.ToArray();
        new Random(seed).Shuffle(shuffled);
        Assert.Equal(Parts(distinct), Parts(shuffled));
    }, iter: 300);

    // As the intake does it: join the first incident that is found, and make one of all others that are.
    private static List<string> Parts(IEnumerable<IncidentAlert> alerts)
    {
        var incidents = new List<Incident>();
        foreach (var alert in alerts)
        {
            var found = Correlator.Find(alert, incidents);
            incidents.RemoveAll(found.Contains);
            incidents.Add(new()
            {
                Id = alert.Fingerprint,
                Title = "",
                State = IncidentState.Open,
                Severity = AlertSeverity.Critical,
                OpenedAt = Start,
                UpdatedAt = Start,
                Alerts = [.. found.SelectMany(incident => incident.Alerts), alert],
            });
        }
        return [.. incidents.Select(incident => string.Join('+', incident.Alerts.Select(alert => alert.Fingerprint).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal)];
    }
}
