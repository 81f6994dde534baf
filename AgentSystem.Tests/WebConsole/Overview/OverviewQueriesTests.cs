using AgentSystem.Tests.Support;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Overview;

namespace AgentSystem.Tests.WebConsole.Overview;

/// <summary>What is made of Prometheus's answers; that it understands all questions is tested in the browser, against the real one.</summary>
public sealed class OverviewQueriesTests : IDisposable
{
    private readonly FakeBackend _backend = new();

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task Where_nothing_was_measured_nothing_is_made_up()
    {
        _backend.Answer = _ => FakeBackend.Json("""{"status":"success","data":{"resultType":"vector","result":[]}}""");

        var numbers = (await new OverviewQueries(_backend.Prometheus, _backend.Time).AskAsync(default)).Value!;

        Assert.True(double.IsNaN(numbers.P95Seconds.Now) && double.IsNaN(numbers.FailedShare));
        Assert.Equal((0, 0), (numbers.SpentToday, numbers.ErrorBudgets.Count));
    }

    [Fact]
    public async Task Jobs_and_budgets_have_their_names()
    {
        _backend.Answer = request => FakeBackend.Json(Uri.UnescapeDataString(request.RequestUri!.Query) switch
        {
            var query when query.Contains("by (job)", StringComparison.Ordinal) => Vector("""{"metric":{"job":"node"},"value":[1,"1"]},{"metric":{"job":"alerting"},"value":[1,"0"]}"""),
            var query when query.Contains("error_budget", StringComparison.Ordinal) => Vector("""{"metric":{"sloth_slo":"settled"},"value":[1,"0.42"]}"""),
            _ => Vector(""),
        });

        var numbers = (await new OverviewQueries(_backend.Prometheus, _backend.Time).AskAsync(default)).Value!;

        Assert.Equal([("alerting", false), ("node", true)], numbers.Up.OrderBy(up => up.Key).Select(up => (up.Key, up.Value)));
        Assert.Equal(0.42, numbers.ErrorBudgets["settled"]);
    }

    [Fact]
    public async Task What_was_spent_today_is_what_the_orchestrator_accounts_for_here_and_on_the_dashboard()
    {
        _backend.Answer = request => FakeBackend.Json(Vector(
            Uri.UnescapeDataString(request.RequestUri!.Query).Contains(OverviewQueries.SpentToday, StringComparison.Ordinal) ? """{"metric":{},"value":[1,"1.25"]}""" : ""));

        Assert.Equal(1.25, (await new OverviewQueries(_backend.Prometheus, _backend.Time).AskAsync(default)).Value!.SpentToday);

        var panels = Dashboards.RepositoryDashboardsTests.AllPanels(Dashboards.RepositoryDashboardsTests.Read("agents-and-cost.json"));
        Assert.Contains(panels.SelectMany(panel => panel.Targets), target => target.Expression == OverviewQueries.SpentToday);
    }

    [Fact]
    public async Task An_outage_is_the_answer()
    {
        _backend.Answer = _ => throw new HttpRequestException(HttpRequestError.ConnectionError);

        Assert.Equal(ProblemKind.Down, (await new OverviewQueries(_backend.Prometheus, _backend.Time).AskAsync(default)).Problem?.Kind);
    }

    /// <summary>
    /// marie began half an hour ago: the first failure is the first sample of the series. anga failed ten times, all of them earlier than an hour ago.
    /// fabien failed twice within the hour and ended. Judged by the real promtool, a sample a minute.
    /// </summary>
    [Fact]
    public async Task What_happened_first_counts()
    {
        const int now = 150;
        var tests = $$"""
            tests:
              - interval: 1m
                input_series:
                  - { series: 'task_failed_total{worker="marie"}', values: '_x120 1x{{now - 120}}' }
                  - { series: 'task_failed_total{worker="anga"}', values: '10x{{now}}' }
                  - { series: 'task_failed_total{worker="fabien"}', values: '_x100 2x9 stale' }
                  - { series: 'task_completed_total{worker="marie"}', values: '_x147 5 6 7' }
                  - { series: 'task_processing_duration_seconds_bucket{worker="marie",le="1"}', values: '_x147 5 6 7' }
                  - { series: 'task_processing_duration_seconds_bucket{worker="marie",le="+Inf"}', values: '_x147 5 6 7' }
                promql_expr_test:
                  - { expr: '{{OverviewQueries.Failed}}', eval_time: {{now}}m, exp_samples: [{ value: 3 }] }
                  - { expr: '{{OverviewQueries.FailedShare}}', eval_time: {{now}}m, exp_samples: [{ value: 0.3 }] }
                  - { expr: '{{OverviewQueries.PerMinute}}', eval_time: {{now}}m, exp_samples: [{ value: 1.4 }] }
                  - { expr: '{{OverviewQueries.P95}}', eval_time: {{now}}m, exp_samples: [{ value: 0.95 }] }

            """;
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["tests.yml"], tests);

        await Executables.RunAsync("promtool", "test", "rules", folder["tests.yml"]);
    }

    private static string Vector(string result) => """{"status":"success","data":{"resultType":"vector","result":[""" + result + "]}}";
}
