using AgentSystem.WebConsole.Alerts;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.Tests.WebConsole.Alerts;

public sealed class AlertBoardTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_alert_that_both_know_is_one_with_what_each_knows_of_it()
    {
        var board = AlertBoard.Of(
            [Group(Rule("Down", Made("firing", ("alertname", "Down"), ("worker", "marie"))))],
            [Told("f1", "active", ("alertname", "Down"), ("worker", "marie"), ("cluster", "added outside"))]);

        var alert = Assert.Single(board.Alerts);
        Assert.Equal(("f1", AlertCondition.Firing, "7", "up == 0"), (alert.Id, alert.Condition, alert.Value, alert.Rule!.Query));
        Assert.Equal("added outside", alert.Labels["cluster"]);
    }

    [Fact]
    public void Alerts_that_differ_in_one_label_are_two()
    {
        var board = AlertBoard.Of(
            [Group(Rule("Down", Made("firing", ("alertname", "Down"), ("worker", "marie")), Made("firing", ("alertname", "Down"), ("worker", "anga"))))],
            [Told("f2", "active", ("alertname", "Down"), ("worker", "anga"))]);

        Assert.Equal(2, board.Alerts.Count);
        Assert.Equal("anga", board.Get("f2")!.Labels["worker"]);
    }

    [Fact]
    public void What_is_pending_silenced_or_inhibited_is_told_apart_and_comes_after_what_fires_the_worst_first()
    {
        var board = AlertBoard.Of(
            [Group(Rule("Slow", Made("pending", ("alertname", "Slow"))))],
            [
                Told("quiet", "suppressed", ("alertname", "Quiet")) with { Status = new("suppressed", ["s1"], []) },
                Told("follows", "suppressed", ("alertname", "Follows")) with { Status = new("suppressed", [], ["bad"]) },
                Told("so-so", "active", ("alertname", "SoSo"), ("severity", "warning")),
                Told("bad", "active", ("alertname", "Bad"), ("severity", "critical")),
            ]);

        Assert.Equal(["Bad", "SoSo", "Slow", "Quiet", "Follows"], board.Alerts.Select(alert => alert.Name));
        Assert.Equal([2, 1, 1, 1], Enum.GetValues<AlertCondition>().Select(board.Count));
        Assert.Equal("Bad", board.Get(board.Get("follows")!.InhibitedBy.Single())!.Name);
    }

    [Fact]
    public void Each_alone_is_enough()
    {
        Assert.Equal(AlertCondition.Firing, AlertBoard.Of([Group(Rule("Down", Made("firing", ("alertname", "Down"))))], null).Alerts.Single().Condition);
        Assert.Equal("Down", AlertBoard.Of(null, [Told("f", "active", ("alertname", "Down"))]).Alerts.Single().Name);
        Assert.Empty(AlertBoard.Of(null, null).Alerts);
    }

    [Theory]
    [InlineData(null, "MARIE", 1)]
    [InlineData(AlertCondition.Firing, null, 1)]
    [InlineData(AlertCondition.Pending, null, 0)]
    [InlineData(null, "nothing of it", 0)]
    public void Alerts_are_found_by_condition_and_text(AlertCondition? condition, string? text, int found) =>
        Assert.Equal(found, AlertBoard.Of([], [Told("f", "active", ("alertname", "Down"), ("worker", "marie"))]).Find(condition, text).Count);

    [Fact]
    public void A_fingerprint_is_the_one_that_Alertmanager_gives() =>
        // What Alertmanager 0.25 answered for an alert with these labels.
        Assert.Equal("54bbd820c03abb3b", AlertView.Fingerprint(new Dictionary<string, string> { ["severity"] = "critical", ["alertname"] = "TestFiring" }));

    private static RuleGroup Group(params AlertRule[] rules) => new("g", "g.yml", 5, rules);

    private static AlertRule Rule(string name, params RuleAlert[] alerts) =>
        new(name, "up == 0", 60, new Dictionary<string, string>(), new Dictionary<string, string>(), alerts[0].State, "ok", null, alerts);

    private static RuleAlert Made(string state, params (string Name, string Value)[] labels) => new(Labels(labels), Labels([]), state, Now, "7");

    private static Alert Told(string id, string state, params (string Name, string Value)[] labels) =>
        new(id, Labels(labels), Labels([]), Now, Now.AddHours(1), null, new(state, [], []));

    private static Dictionary<string, string> Labels((string Name, string Value)[] labels) => labels.ToDictionary(label => label.Name, label => label.Value);
}
