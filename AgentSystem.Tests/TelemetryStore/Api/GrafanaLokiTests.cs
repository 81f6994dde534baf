using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>
/// The requests of Grafana 12's data source for Loki, with their parameters and headers, and of their answers what it reads. Each test
/// names the file in grafana/grafana that it is taken from. Runs against real Loki where <c>LOKI_URL</c> is set.
/// </summary>
public sealed class GrafanaLokiTests(LokiTarget loki) : IClassFixture<LokiTarget>
{
    private const string EncodingFlags = "X-Loki-Response-Encoding-Flags", QueryTags = "X-Query-Tags";

    // pkg/tsdb/loki/healthcheck.go: an instant query at the fourth second of 1970. Its ten digits are seconds to Loki.
    [Fact]
    public async Task The_health_check_adds_one_and_one()
    {
        var data = await AskAsync("query", [(EncodingFlags, "categorize-labels")], ("direction", "backward"), ("query", "vector(1)+vector(1)"), ("time", "4000000000"));

        Assert.Equal("vector", data.GetProperty("resultType").GetString());
        var sample = Assert.Single(data.GetProperty("result").EnumerateArray());
        Assert.Empty(sample.GetProperty("metric").EnumerateObject());
        Assert.Equal(4000000000, sample.GetProperty("value")[0].GetDouble());
        Assert.Equal("2", sample.GetProperty("value")[1].GetString());
    }

    // public/app/plugins/datasource/loki/LanguageProvider.ts, fetchLabelsByLabelsEndpoint
    [Fact]
    public async Task Label_names_come_with_or_without_a_selector()
    {
        Assert.Superset(new HashSet<string>(["app", "run", "service_name"]), Texts(await AskAsync("labels", [], Range())).ToHashSet());
        Assert.Equal(["app", "run", "service_name"], Texts(await AskAsync("labels", [], Range(("query", loki.Query("""{$, app="web"}"""))))));
    }

    // LanguageProvider.ts, fetchLabelValues
    [Fact]
    public async Task Label_values_come_with_or_without_a_selector()
    {
        Assert.Contains(loki.Run, Texts(await AskAsync("label/run/values", [], Range())));
        Assert.Equal(["web"], Texts(await AskAsync("label/app/values", [], Range(("query", loki.Query("""{$, app=~"w.b"}"""))))));
    }

    // LanguageProvider.ts, fetchSeries
    [Fact]
    public async Task Series_are_maps_of_labels()
    {
        var series = (await AskAsync("series", [], Range(("match[]", loki.Query("""{$, app="worker"}"""))))).EnumerateArray().Single();
        Assert.Equal([("app", "worker"), ("run", loki.Run), ("service_name", "worker")], Labels(series).Order());
    }

    // public/app/plugins/datasource/loki/datasource.ts, getQueryStats
    [Fact]
    public async Task The_size_of_a_query_is_told_in_four_numbers()
    {
        var stats = await loki.JsonAsync("/loki/api/v1/index/stats", Range(("query", loki.Query("{$}"))));
        Assert.All((string[])["streams", "chunks", "bytes", "entries"], name => Assert.True(stats.GetProperty(name).GetInt64() > 0, name));
    }

    // pkg/tsdb/loki/api.go, makeDataRequest; the answer is read in pkg/util/converter/prom.go
    [Fact]
    public async Task Lines_come_with_their_kinds_of_labels_apart()
    {
        var data = await AskAsync("query_range", [(EncodingFlags, "categorize-labels")], Lines("""{$, app="web"} |= "anna" | json"""));

        Assert.Equal("streams", data.GetProperty("resultType").GetString());
        Assert.Equal(["categorize-labels"], Texts(data.GetProperty("encodingFlags")));
        var stream = Assert.Single(data.GetProperty("result").EnumerateArray());
        Assert.Equal([("app", "web"), ("run", loki.Run), ("service_name", "web")], Labels(stream.GetProperty("stream")).Order());
        var line = Assert.Single(stream.GetProperty("values").EnumerateArray());
        Assert.Equal(loki.At(0), line[0].GetString());
        Assert.StartsWith("""{"status":200""", line[1].GetString(), StringComparison.Ordinal);
        Assert.Equal([("detected_level", "unknown"), ("trace_id", "t0")], Labels(line[2].GetProperty("structuredMetadata")).Order());
        Assert.Equal([("size", "1.5KB"), ("status", "200"), ("took", "120ms"), ("user_name", "anna")], Labels(line[2].GetProperty("parsed")).Order());
    }

    [Fact]
    public async Task A_line_without_parsed_labels_has_structured_metadata_alone()
    {
        var data = await AskAsync("query_range", [(EncodingFlags, "categorize-labels")], Lines("""{$, app="worker"}"""));

        // One stream of the index is one in the answer, whatever its lines carry; the newest line comes first.
        var lines = Assert.Single(data.GetProperty("result").EnumerateArray()).GetProperty("values").EnumerateArray().ToArray();
        Assert.Equal([loki.At(3), loki.At(1)], lines.Select(l => l[0].GetString()));
        Assert.All(lines, l => Assert.Equal(["structuredMetadata"], l[2].EnumerateObject().Select(p => p.Name)));
        Assert.Equal(["error", "info"], lines.Select(l => l[2].GetProperty("structuredMetadata").GetProperty("detected_level").GetString()));
    }

    // public/app/plugins/datasource/loki/datasource.ts, getSupplementaryRequest
    [Fact]
    public async Task The_volume_of_logs_is_counted_by_level()
    {
        var data = await AskAsync(
            "query_range",
            [(EncodingFlags, "categorize-labels"), (QueryTags, "Source=logvolhist")],
            ("direction", "backward"), ("query", loki.Query("sum by (level, detected_level) (count_over_time({$} | drop __error__[10s]))")),
            ("start", loki.At(0)), ("end", loki.At(10)), ("step", "10000ms"));

        Assert.Equal("matrix", data.GetProperty("resultType").GetString());
        var counts = data.GetProperty("result").EnumerateArray().ToDictionary(
            s => s.GetProperty("metric").GetProperty("detected_level").GetString()!,
            s => s.GetProperty("values").EnumerateArray().Sum(v => Number(v)));
        Assert.Equal(["error", "info", "unknown"], counts.Keys.Order());
        Assert.Equal((1, 1, 3), (counts["error"], counts["info"], counts["unknown"]));

        static double Number(JsonElement point)
        {
            Assert.Equal(JsonValueKind.Number, point[0].ValueKind);
            return double.Parse(point[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    // datasource.ts, getDataSamples and getSupplementaryRequest
    [Theory]
    [InlineData("Source=datasample")]
    [InlineData("Source=logsample")]
    public async Task A_sample_of_lines_is_a_query_with_a_limit(string tags)
    {
        var data = await AskAsync("query_range", [(EncodingFlags, "categorize-labels"), (QueryTags, tags)], [.. Lines("{$}")[..^1], ("limit", "2")]);
        Assert.Equal(2, data.GetProperty("result").EnumerateArray().Sum(s => s.GetProperty("values").GetArrayLength()));
    }

    // LanguageProvider.ts, checkDetectedLabelsExists and fetchDetectedFields
    [Fact]
    public async Task Fields_are_detected()
    {
        Assert.Equal(JsonValueKind.Object, (await loki.JsonAsync("/loki/api/v1/detected_labels", Range())).ValueKind);
        var answer = await loki.JsonAsync("/loki/api/v1/detected_fields", Range(("limit", "1000"), ("query", loki.Query("{$}"))));

        Assert.Equal(1000, answer.GetProperty("limit").GetInt32());
        var fields = answer.GetProperty("fields").EnumerateArray().ToDictionary(f => f.GetProperty("label").GetString()!);
        Assert.Equal(["detected_level", "level", "ms", "size", "status", "task", "took", "trace_id", "user_name"], fields.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(JsonValueKind.Null, fields["trace_id"].GetProperty("parsers").ValueKind);
        Assert.Equal(["json"], Texts(fields["user_name"].GetProperty("parsers")));
        Assert.Equal(["user", "name"], Texts(fields["user_name"].GetProperty("jsonPath")));
        Assert.Equal(["logfmt"], Texts(fields["ms"].GetProperty("parsers")));
        Assert.Equal(("int", "duration", "bytes", "string"), (Type("ms"), Type("took"), Type("size"), Type("user_name")));
        Assert.Equal(2, fields["user_name"].GetProperty("cardinality").GetInt32());

        string Type(string field) => fields[field].GetProperty("type").GetString()!;
    }

    // LanguageProvider.ts, fetchDetectedLabelValues
    [Fact]
    public async Task Values_of_a_detected_field_are_listed()
    {
        var answer = await loki.JsonAsync("/loki/api/v1/detected_field/user_name/values", Range(("limit", "1000"), ("query", loki.Query("{$}"))));
        Assert.Equal(["anna", "ben"], Texts(answer.GetProperty("values")).Order());
    }

    // Grafana's Logs Drilldown asks for them; who has no pattern ingester, as is the default, has none.
    [Fact]
    public async Task Patterns_are_not_there() =>
        Assert.Equal(HttpStatusCode.NotFound, (await loki.GetAsync("/loki/api/v1/patterns", Range(("query", loki.Query("{$}"))))).Status);

    // public/app/plugins/datasource/loki/live_streams.ts and datasource.ts, createLokiLiveTarget
    [Fact]
    public async Task Lines_are_followed_over_a_web_socket()
    {
        using var socket = new ClientWebSocket();
        foreach (var (name, values) in loki.Client.DefaultRequestHeaders)
            socket.Options.SetRequestHeader(name, string.Join(',', values));
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var address = new UriBuilder(new Uri(loki.Client.BaseAddress!, LokiTarget.Address("/loki/api/v1/tail", ("query", loki.Query("""{$, app="worker"}""")), ("limit", "1000")))) { Scheme = "ws" };
        await socket.ConnectAsync(address.Uri, bound.Token);

        var lines = new List<(string, string)>();
        while (lines.Count < 2)
        {
            var message = JsonElement.Parse(await ReceiveAsync(socket, bound.Token));
            lines.AddRange(message.GetProperty("streams").EnumerateArray().SelectMany(s => s.GetProperty("values").EnumerateArray()
                .Select(v => (s.GetProperty("stream").GetProperty("app").GetString()!, v[0].GetString()!))));
        }

        Assert.Equal([("worker", loki.At(1)), ("worker", loki.At(3))], lines.Order());
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var (buffer, text) = (new byte[16 * 1024], new StringBuilder());
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, cancellationToken);
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            if (received.EndOfMessage)
                return text.ToString();
        }
    }

    /// <summary>The <c>data</c> of a successful answer.</summary>
    private async Task<JsonElement> AskAsync(string path, (string, string)[] headers, params (string, string)[] parameters)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, LokiTarget.Address("/loki/api/v1/" + path, parameters));
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        var (status, body) = await loki.SendAsync(request);
        Assert.True(status == HttpStatusCode.OK, $"{path} answers {status}: {body}");
        var answer = JsonElement.Parse(body);
        Assert.Equal("success", answer.GetProperty("status").GetString());
        return answer.GetProperty("data");
    }

    private (string, string)[] Lines(string query) =>
        [("direction", "backward"), ("query", loki.Query(query)), ("start", loki.At(0)), ("end", loki.At(10)), ("step", "1000ms"), ("limit", "1000")];

    private (string, string)[] Range(params (string, string)[] more) => [("start", loki.At(0)), ("end", loki.At(10)), .. more];

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(t => t.GetString()!);

    private static IEnumerable<(string, string)> Labels(JsonElement labels) => labels.EnumerateObject().Select(l => (l.Name, l.Value.GetString()!));
}
