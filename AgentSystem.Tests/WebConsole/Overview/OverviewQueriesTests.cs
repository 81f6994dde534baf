using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Overview;

namespace AgentSystem.Tests.WebConsole.Overview;

/// <summary>What is made of Prometheus's answers; that it understands the questions is tested in the browser, against the real one.</summary>
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
    public async Task An_outage_is_the_answer()
    {
        _backend.Answer = _ => throw new HttpRequestException(HttpRequestError.ConnectionError);

        Assert.Equal(ProblemKind.Down, (await new OverviewQueries(_backend.Prometheus, _backend.Time).AskAsync(default)).Problem?.Kind);
    }

    private static string Vector(string result) => """{"status":"success","data":{"resultType":"vector","result":[""" + result + "]}}";
}
