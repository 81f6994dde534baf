using System.Net;
using System.Text.Json;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>What Loki answers to queries. Runs against real Loki where <c>LOKI_URL</c> is set.</summary>
public sealed class LokiQueryTests(LokiTarget loki) : IClassFixture<LokiTarget>
{
    [Fact]
    public async Task Each_set_of_labels_is_a_stream_of_its_own()
    {
        var data = await loki.RangeAsync("""{$, app="web"}""");

        Assert.Equal("streams", data.GetProperty("resultType").GetString());
        var streams = data.GetProperty("result").EnumerateArray().ToArray();
        Assert.Equal(3, streams.Length);
        Assert.Equal(["t0", "t1", "t2"], streams.Select(s => s.GetProperty("stream").GetProperty("trace_id").GetString()).Order());
        Assert.All(streams, s => Assert.Equal("web", s.GetProperty("stream").GetProperty("service_name").GetString()));
        Assert.All(streams, s => Assert.Equal(2, s.GetProperty("values")[0].GetArrayLength()));
        Assert.True(data.GetProperty("stats").GetProperty("summary").TryGetProperty("execTime", out _));
    }

    [Fact]
    public async Task Streams_are_sorted_by_their_labels()
    {
        var names = Streams(await loki.RangeAsync("{$}")).Select(s => s.GetProperty("stream").GetProperty("app").GetString()!).ToArray();
        Assert.Equal(["web", "web", "web", "worker", "worker"], names);
    }

    [Theory]
    [InlineData("forward", "level=info task=a ms=10")]
    [InlineData("backward", "level=error task=b ms=30")]
    public async Task The_limit_takes_from_the_side_that_the_direction_begins_at(string direction, string line)
    {
        var streams = Streams(await loki.RangeAsync("""{$, app="worker"}""", ("direction", direction), ("limit", "1")));
        Assert.Equal(line, Assert.Single(streams).GetProperty("values")[0][1].GetString());
    }

    [Fact]
    public async Task A_range_begins_with_its_start_and_ends_before_its_end()
    {
        var data = (await loki.JsonAsync("/loki/api/v1/query_range", ("query", loki.Query("""{$, app="worker"}""")), ("start", loki.At(1)), ("end", loki.At(3)))).GetProperty("data");
        Assert.Equal(loki.At(1), Assert.Single(Streams(data)).GetProperty("values")[0][0].GetString());
    }

    [Theory]
    [InlineData("""{$} |= "task=a" """, 1)]
    [InlineData("""{$} |= "task=a" or "plain" """, 2)]
    [InlineData("""{$} != "task" """, 3)]
    [InlineData("""{$} |~ "task=[ab]" !~ "info" """, 1)]
    [InlineData("""{$, app="web"} | json | status >= 500""", 1)]
    [InlineData("""{$, app="web"} | json | status >= 500 | __error__="" """, 1)]
    [InlineData("""{$, app="web"} | json | took > 1s and size < 1KB | __error__="" """, 1)]
    [InlineData("""{$, app="web"} | json | user_name="anna" or status=500 | __error__="" """, 2)]
    [InlineData("""{$} | trace_id="t1" """, 1)]
    [InlineData("""{$} | detected_level="error" """, 1)]
    [InlineData("""{$} | logfmt | ms > 20""", 1)]
    public async Task A_pipeline_keeps_the_lines_that_satisfy_it(string query, int lines) =>
        Assert.Equal(lines, Streams(await loki.RangeAsync(query)).Sum(s => s.GetProperty("values").GetArrayLength()));

    [Fact]
    public async Task A_line_that_is_no_json_stays_and_says_why()
    {
        var stream = Assert.Single(Streams(await loki.RangeAsync("""{$, app="web"} |= "plain" | json"""))).GetProperty("stream");
        Assert.Equal("JSONParserErr", stream.GetProperty("__error__").GetString());
        Assert.Equal("Value looks like object, but can't find closing '}' symbol", stream.GetProperty("__error_details__").GetString());
    }

    [Fact]
    public async Task Formats_make_new_lines_and_labels()
    {
        var stream = Assert.Single(Streams(await loki.RangeAsync(
            """{$, app="web"} | json | status=200 | __error__="" | label_format who="{{.user_name | ToUpper}}", code=status | line_format "{{.who}} {{.code}}" | keep who, code""")));
        Assert.Equal("""{"code":"200","who":"ANNA"}""", stream.GetProperty("stream").GetRawText());
        Assert.Equal("ANNA 200", stream.GetProperty("values")[0][1].GetString());
    }

    [Fact]
    public async Task A_form_asks_as_well_as_an_address_does()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/loki/api/v1/query")
        {
            Content = new FormUrlEncodedContent([new("query", loki.Query("sum(count_over_time({$}[1m]))")), new("time", loki.At(10))]),
        };
        var (status, body) = await loki.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("5", JsonElement.Parse(body).GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString());
    }

    [Fact]
    public async Task Nothing_found_is_an_empty_list()
    {
        var data = await loki.RangeAsync("""{$, app="nobody"}""");
        Assert.Equal("[]", data.GetProperty("result").GetRawText());
        var vector = await loki.InstantAsync("""sum(rate({$, app="nobody"}[1m]))""");
        Assert.Equal("vector", vector.GetProperty("resultType").GetString());
        Assert.Equal("[]", vector.GetProperty("result").GetRawText());
    }

    private static JsonElement[] Streams(JsonElement data) => [.. data.GetProperty("result").EnumerateArray()];
}
