using System.Net;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>What Loki calculates. Runs against real Loki where <c>LOKI_URL</c> is set.</summary>
public sealed class LokiMetricTests(LokiTarget loki) : IClassFixture<LokiTarget>
{
    [Theory]
    [InlineData("sum(count_over_time({$}[10s]))", "{}=4")]
    [InlineData("sum by (app) (count_over_time({$}[11s]))", """{"app":"web"}=3;{"app":"worker"}=2""")]
    [InlineData("""sum(rate({$, app="worker"}[20s]))""", "{}=0.1")]
    [InlineData("""sum(bytes_over_time({$, app="worker"}[20s]))""", "{}=47")]
    [InlineData("""sum(bytes_rate({$, app="worker"}[20s]))""", "{}=2.35")]
    [InlineData("""sum by (level) (sum_over_time({$, app="worker"} | logfmt | unwrap ms [20s]))""", """{"level":"error"}=30;{"level":"info"}=10""")]
    [InlineData("""avg_over_time({$, app="worker"} | logfmt | unwrap ms [20s]) by (app)""", """{"app":"worker"}=20""")]
    [InlineData("""quantile_over_time(0.5, {$, app="worker"} | logfmt | unwrap ms [20s]) by (app)""", """{"app":"worker"}=20""")]
    [InlineData("""max_over_time({$, app="web"} | json | __error__="" | unwrap duration(took) [20s]) by (app)""", """{"app":"web"}=2""")]
    [InlineData("""sum(sum_over_time({$, app="web"} | json | __error__="" | unwrap bytes(size) [20s]))""", "{}=1510")]
    [InlineData("topk(1, sum by (app) (count_over_time({$}[20s])))", """{"app":"web"}=3""")]
    [InlineData("bottomk(1, sum by (app) (count_over_time({$}[20s])))", """{"app":"worker"}=2""")]
    [InlineData("count(sum by (app) (count_over_time({$}[20s])))", "{}=2")]
    [InlineData("sum by (app) (count_over_time({$}[20s])) > 2", """{"app":"web"}=3""")]
    [InlineData("sum by (app) (count_over_time({$}[20s])) > bool 2", """{"app":"web"}=1;{"app":"worker"}=0""")]
    [InlineData("2 * sum(count_over_time({$}[20s])) + 1", "{}=11")]
    [InlineData("sum without (app) (sum by (app, run) (count_over_time({$}[20s]))) / 2", """{"run":"$"}=2.5""")]
    [InlineData("sum(count_over_time({$}[20s] offset 5s))", "{}=5")]
    [InlineData("""sum(count_over_time({$} | json [20s]))""", "{}=5")]
    public async Task An_instant_query_calculates(string query, string expected)
    {
        var data = await loki.InstantAsync(query);
        Assert.Equal("vector", data.GetProperty("resultType").GetString());
        Assert.Equal(
            expected.Replace("$", loki.Run, StringComparison.Ordinal),
            string.Join(';', data.GetProperty("result").EnumerateArray().Select(s => $"{s.GetProperty("metric").GetRawText()}={s.GetProperty("value")[1].GetString()}")));
    }

    [Fact]
    public async Task A_range_query_calculates_at_each_step()
    {
        var data = await loki.RangeAsync("""sum(count_over_time({$, app="worker"}[2s]))""", ("step", "1"));

        Assert.Equal("matrix", data.GetProperty("resultType").GetString());
        var values = Assert.Single(data.GetProperty("result").EnumerateArray()).GetProperty("values").EnumerateArray().ToArray();
        // Lines at 1 s and 3 s, and windows (t − 2 s, t]: a step without lines has no point.
        var start = loki.Start / 1_000_000_000;
        Assert.Equal([start + 1, start + 2, start + 3, start + 4], values.Select(v => v[0].GetInt64()));
        Assert.All(values, v => Assert.Equal("1", v[1].GetString()));
    }

    [Fact]
    public async Task Start_and_end_move_outwards_to_multiples_of_the_step()
    {
        var data = await loki.RangeAsync("vector(1) + vector(1)", ("step", "7"));
        var times = Assert.Single(data.GetProperty("result").EnumerateArray()).GetProperty("values").EnumerateArray().Select(v => v[0].GetInt64()).ToArray();
        var (start, end) = (loki.Start / 1_000_000_000, (loki.Start / 1_000_000_000) + 10);
        Assert.Equal(start / 7 * 7, times[0]);
        Assert.Equal((end + 6) / 7 * 7, times[^1]);
        Assert.All(times, t => Assert.Equal(0, t % 7));
    }

    [Fact]
    public async Task A_number_is_a_scalar()
    {
        var data = (await loki.JsonAsync("/loki/api/v1/query", ("query", "1 / 4"), ("time", "1700000000.25"))).GetProperty("data");
        Assert.Equal("scalar", data.GetProperty("resultType").GetString());
        // Milliseconds in place of seconds: marshalScalar in pkg/querier/queryrange/prometheus.go.
        Assert.Equal(1700000000250, data.GetProperty("result")[0].GetDouble());
        Assert.Equal("0.25", data.GetProperty("result")[1].GetString());
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_is_an_error_in_a_metric_query()
    {
        var (status, body) = await loki.GetAsync("/loki/api/v1/query", ("query", loki.Query("""count_over_time({$, app="web"} | json [20s])""")), ("time", loki.At(10)));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("pipeline error: 'JSONParserErr' for series:", body, StringComparison.Ordinal);
    }
}
