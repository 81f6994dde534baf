using System.Net;
using System.Text.Json;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>Labels, series, errors and what else Grafana asks for. Runs against real Loki where <c>LOKI_URL</c> is set.</summary>
public sealed class LokiMetadataTests(LokiTarget loki) : IClassFixture<LokiTarget>
{
    [Fact]
    public async Task Labels_are_those_of_the_index_alone()
    {
        var names = (await loki.JsonAsync("/loki/api/v1/labels", Range(("query", loki.Query("{$}"))))).GetProperty("data").EnumerateArray().Select(n => n.GetString());
        Assert.Equal(["app", "run", "service_name"], names);
    }

    [Fact]
    public async Task The_values_of_a_label_are_sorted()
    {
        var values = (await loki.JsonAsync("/loki/api/v1/label/app/values", Range(("query", loki.Query("{$}"))))).GetProperty("data").EnumerateArray().Select(n => n.GetString());
        Assert.Equal(["web", "worker"], values);
    }

    [Fact]
    public async Task A_label_that_nobody_has_leaves_the_data_out()
    {
        var answer = await loki.JsonAsync("/loki/api/v1/label/nobody_has_this/values", Range());
        Assert.Equal("""{"status":"success"}""", answer.GetRawText());
    }

    [Fact]
    public async Task Series_are_the_label_sets_of_the_streams()
    {
        var series = (await loki.JsonAsync("/loki/api/v1/series", Range(("match[]", loki.Query("""{$, app="web"}""")), ("match[]", loki.Query("""{$, app="worker"}"""))))).GetProperty("data");
        Assert.Equal(["web", "worker"], series.EnumerateArray().Select(s => s.GetProperty("app").GetString()).Order());
        Assert.All(series.EnumerateArray(), s => Assert.Equal(3, s.EnumerateObject().Count()));
    }

    [Fact]
    public async Task The_index_knows_how_much_there_is()
    {
        var stats = await loki.JsonAsync("/loki/api/v1/index/stats", Range(("query", loki.Query("{$}"))));
        Assert.Equal(2, stats.GetProperty("streams").GetInt32());
        Assert.Equal(5, stats.GetProperty("entries").GetInt32());
        Assert.Equal(["streams", "chunks", "bytes", "entries"], stats.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Volumes_are_counted_by_the_labels_asked_for()
    {
        var data = (await loki.JsonAsync("/loki/api/v1/index/volume", Range(("query", loki.Query("{$}")), ("targetLabels", "app")))).GetProperty("data");
        Assert.Equal("vector", data.GetProperty("resultType").GetString());
        Assert.Equal(["web", "worker"], data.GetProperty("result").EnumerateArray().Select(s => s.GetProperty("metric").GetProperty("app").GetString()));
    }

    [Theory]
    [InlineData("query_range", "{$", "", "parse error at line 1, col ")]
    [InlineData("query_range", "{$} | line_format \"{{ nope }}\"", "", "parse error : stage '| line_format \"{{ nope }}\"' : invalid line template: template: line:1: function \"nope\" not defined")]
    [InlineData("query_range", "{app=~\".*\"}", "", "parse error : queries require at least one regexp or equality matcher")]
    [InlineData("query_range", "{$}", "limit=0", "limit must be a positive value")]
    [InlineData("query_range", "{$}", "limit=5001", "max entries limit per query exceeded, limit > max_entries_limit_per_query (5001 > 5000)")]
    [InlineData("query_range", "{$}", "direction=up", "invalid direction 'up'")]
    [InlineData("query_range", "rate({$}[1m])", "step=0", "zero or negative query resolution step widths are not accepted. Try a positive integer")]
    [InlineData("query_range", "rate({$}[1m])", "step=0.0001", "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter")]
    [InlineData("query_range", "{$}", "end=1", "end timestamp must not be before or equal to start time")]
    [InlineData("query_range", "{$}", "end=soon", "could not parse 'end' parameter: strconv.ParseInt: parsing \"soon\": invalid syntax")]
    [InlineData("query", "{$}", "", "log queries are not supported as an instant query type, please change your query to a range query type")]
    [InlineData("query", "topk(sum(rate({$}[1m])))", "", "parse error : parameter required for operation topk")]
    [InlineData("series", "", "match[]=%7B", "parse error at line 1, col 2: syntax error: unexpected $end, expecting IDENTIFIER or }")]
    public async Task A_mistake_is_a_400_in_plain_text(string path, string query, string more, string error)
    {
        var address = LokiTarget.Address("/loki/api/v1/" + path, [("query", loki.Query(query)), ("start", loki.At(0)), .. more.StartsWith("end=", StringComparison.Ordinal) ? [] : new[] { ("end", loki.At(10)) }]) + "&" + more;
        using var answer = await loki.Client.GetAsync(address);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith(error, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_is_ready_and_says_its_version()
    {
        var (status, body) = await loki.GetAsync("/ready");
        Assert.Equal((HttpStatusCode.OK, "ready"), (status, body.Trim()));
        Assert.StartsWith("3.", (await loki.JsonAsync("/loki/api/v1/status/buildinfo")).GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_is_formatted()
    {
        var answer = await loki.JsonAsync("/loki/api/v1/format_query", ("query", """{app= "x"}|="y" """));
        Assert.Equal("""{app="x"} |= "y" """.Trim(), answer.GetProperty("data").GetString());
        var (status, body) = await loki.GetAsync("/loki/api/v1/format_query", ("query", "{"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("invalid-query", JsonElement.Parse(body).GetProperty("status").GetString());
    }

    private (string, string)[] Range(params (string, string)[] more) => [("start", loki.At(0)), ("end", loki.At(10)), .. more];
}
