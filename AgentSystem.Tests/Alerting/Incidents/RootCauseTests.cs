using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using CsCheck;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Incidents;

public sealed class RootCauseTests
{
    [Fact]
    public void What_the_others_need_is_the_cause_even_if_it_was_noticed_later()
    {
        var cause = RootCause.Find([Alert("WorkerDown", "marie"), Alert("WorkerDown", "anga", at: 5), Alert("OrchestratorDown", at: 40)], []);

        Assert.Equal(("OrchestratorDown of the orchestrator", "orchestrator", Fingerprint("OrchestratorDown", null)), (cause.Text, cause.Component, cause.Fingerprint));
        Assert.Equal("the worker marie and the worker anga need the orchestrator.", cause.Reasons[0]);
    }

    [Fact]
    public void A_storm_without_an_upstream_alert_points_at_what_all_of_them_share()
    {
        var cause = RootCause.Find([Alert("WorkerDown", "marie"), Alert("WorkerDown", "anga", at: 3), Alert("WorkerDown", "fabien", at: 20)], []);

        Assert.Equal(("orchestrator", null), (cause.Component, cause.Fingerprint));
        Assert.Equal("WorkerDown fires for the worker marie, the worker anga and the worker fabien, within 20 s.", cause.Reasons[0]);
    }

    [Fact]
    public void Of_one_part_the_first_alert_is_the_cause()
    {
        var cause = RootCause.Find([Alert("TaskBacklogGrowing", "marie", "warning", at: 90), Alert("WorkerDown", "marie")], []);

        Assert.Equal(Fingerprint("WorkerDown", "marie"), cause.Fingerprint);
        Assert.Equal(["It began first, 90 s before TaskBacklogGrowing.", "It is the only one that is critical."], cause.Reasons);
    }

    [Fact]
    public void A_change_shortly_before_is_a_reason_and_one_long_before_or_after_is_none()
    {
        ChangeReport Change(string summary, double at) => new() { Summary = summary, Source = "orchestrator", At = At(at) };

        var cause = RootCause.Find([Alert("OrchestratorDown")], [Change("long before", -7200), Change("deployed 1.2", -180), Change("after", 10)]);

        Assert.Equal(["It is the only alert.", "3 min before it began, something was changed: deployed 1.2 (orchestrator)."], cause.Reasons);
    }

    [Fact]
    public void There_is_always_a_cause_with_a_reason_whatever_the_order() =>
        Gen.Select(Gen.OneOf("WorkerDown", "OrchestratorDown", "DiskSpaceCritical", "Unheard"), Gen.OneOf("marie", "anga"), Gen.Int[0, 100])
            .Select((name, worker, at) => name == "WorkerDown" ? Alert(name, worker, at: at) : Alert(name, at: at)).Array[1, 6]
            .Sample(alerts =>
            {
                var distinct = alerts.DistinctBy(alert => alert.Fingerprint).ToList();
                var cause = RootCause.Find(distinct, []);
                Assert.NotEmpty(cause.Reasons);
                Assert.Equal(cause.Text, RootCause.Find([.. distinct.AsEnumerable().Reverse()], []).Text);
            }, iter: 300);
}
