using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Slos;

namespace AgentSystem.Tests.WebConsole.Slos;

public sealed class SloRecordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_SLO_is_made_of_what_is_recorded_of_it()
    {
        var slo = SloRecords.Read(
        [
            Sample("slo:objective:ratio", 0.99), Sample("slo:time_period:days", 30), Sample("slo:period_error_budget_remaining:ratio", 0.5),
            Sample("slo:current_burn_rate:ratio", 2), Sample("slo:sli_error:ratio_rate1h", 0.02), Sample("slo:sli_error:ratio_rate5m", 0.01), Sample("slo:sli_error:ratio_rate3d", double.NaN),
        ]).Single();

        Assert.Equal(("svc-tasks", "svc", "tasks", 0.99, TimeSpan.FromDays(30)), (slo.Id, slo.Service, slo.Name, slo.Objective, slo.Period));
        Assert.Equal(["5m", "1h"], slo.Windows.Select(window => window.Length));
        Assert.Equal(2, slo.Windows[1].BurnRate, precision: 6);
        Assert.Equal(TimeSpan.FromDays(7.5), slo.Lasts);
        Assert.Contains("7 d 12 h", SloText.Pace(slo), StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_objective_is_none_and_the_one_with_the_least_budget_comes_first()
    {
        var slos = SloRecords.Read(
        [
            Sample("slo:objective:ratio", 0.9, "rich"), Sample("slo:period_error_budget_remaining:ratio", 0.9, "rich"),
            Sample("slo:objective:ratio", 0.9, "poor"), Sample("slo:period_error_budget_remaining:ratio", -0.1, "poor"),
            Sample("slo:current_burn_rate:ratio", 1, "nothing-else"),
        ]);

        Assert.Equal(["poor", "rich"], slos.Select(slo => slo.Id));
        Assert.Equal("It is spent.", SloText.Pace(slos[0]));
        Assert.Equal("", SloText.Pace(slos[1]));
    }

    [Fact]
    public void An_id_cannot_leave_its_quotes() => Assert.Equal("""slo:period_error_budget_remaining:ratio{sloth_id="a\"} or \\b"}""", SloRecords.BudgetLeftOf("a\"} or \\b"));

    [Fact]
    public void A_budget_is_drawn_from_whole_to_nothing_and_broken_where_nothing_was_recorded()
    {
        Point[] points = [new(Now, 1), new(Now.AddMinutes(1), 0.5), new(Now.AddMinutes(5), 0), new(Now.AddMinutes(6), double.NaN)];

        var drawn = BurnDown.Of(points, Now, Now.AddMinutes(10), TimeSpan.FromMinutes(1))!;

        Assert.Equal("M0 0L0 0L60 80M300 160L300 160", drawn.Path);
        Assert.Equal((160, 0), (drawn.ZeroY, drawn.Lowest));
        Assert.Equal(80, BurnDown.Of([new(Now, -1)], Now, Now.AddMinutes(1), TimeSpan.FromMinutes(1))!.ZeroY);
        Assert.Null(BurnDown.Of([new(Now, double.NaN)], Now, Now.AddMinutes(1), TimeSpan.FromMinutes(1)));
    }

    private static Sample Sample(string name, double value, string id = "svc-tasks") =>
        new(new Dictionary<string, string> { ["__name__"] = name, ["sloth_id"] = id, ["sloth_service"] = "svc", ["sloth_slo"] = "tasks" }, new(Now, value));
}
