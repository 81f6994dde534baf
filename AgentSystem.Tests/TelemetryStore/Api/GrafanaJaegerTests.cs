using System.Text.Json;
using System.Text.Json.Nodes;
using static AgentSystem.Tests.TelemetryStore.Api.OtlpJson;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>
/// The requests of Grafana 12's data source for Jaeger, and of their answers what it reads (grafana/grafana: pkg/tsdb/jaeger/client.go and
/// querydata.go). Runs against real Jaeger where <c>JAEGER_URL</c> and <c>OTLP_ENDPOINT</c> are set.
/// </summary>
public sealed class GrafanaJaegerTests(TelemetryBackend backend) : IClassFixture<TelemetryBackend>
{
    // jaeger.go, CheckHealth, and client.go, Services
    [Fact]
    public async Task The_health_check_asks_for_services()
    {
        var (service, _, _) = await SendAsync();
        Assert.Contains(service, Texts(await backend.GetAsync("/api/services")));
    }

    // client.go, Operations
    [Fact]
    public async Task Operations_of_a_service_are_texts()
    {
        var (service, _, _) = await SendAsync();
        Assert.Equal(["create", "process"], Texts(await backend.GetAsync($"/api/services/{service}/operations")).Order());
    }

    // client.go, Search: the tags are made of logfmt, and empty parameters are left out; public/app/plugins/datasource/jaeger/datasource.ts
    [Fact]
    public async Task A_search_finds_traces()
    {
        var (service, trace, _) = await SendAsync();
        var (start, end) = ((Now / 1000) - 60_000_000, (Now / 1000) + 60_000_000);
        var tags = Uri.EscapeDataString("""{"error":"true","task.id":"17"}""");

        var found = Traces(await backend.GetAsync(
            $"/api/traces?end={end}&limit=20&lookback=custom&maxDuration=1s&minDuration=1ms&operation=process&service={service}&start={start}&tags={tags}"));

        Assert.Equal(trace, Assert.Single(found).GetProperty("traceID").GetString());
        Assert.Empty(Traces(await backend.GetAsync($"/api/traces?end={start}&limit=20&service={service}&start={start - 1}")));
    }

    // client.go, Trace: milliseconds, where Jaeger has microseconds; querydata.go, transformTraceResponse
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trace_is_read_span_by_span(bool withTimes)
    {
        var (service, trace, link) = await SendAsync();
        var times = withTimes ? $"?end={(Now / 1_000_000) + 60_000}&start={(Now / 1_000_000) - 60_000}" : "";

        var shown = Assert.Single(Traces(await backend.GetAsync($"/api/traces/{trace}{times}")));

        Assert.Equal(trace, Text(shown, "traceID"));
        var spans = shown.GetProperty("spans").EnumerateArray().ToDictionary(s => Text(s, "operationName"));
        var (create, process) = (spans["create"], spans["process"]);
        Assert.Equal(trace, Text(process, "traceID"));
        Assert.Equal((Now / 1000, 5000), (process.GetProperty("startTime").GetInt64(), process.GetProperty("duration").GetInt64()));
        Assert.Equal(
            [("CHILD_OF", trace, Text(create, "spanID")), ("FOLLOWS_FROM", link.Trace, link.Span)],
            process.GetProperty("references").EnumerateArray().Select(r => (Text(r, "refType"), Text(r, "traceID"), Text(r, "spanID"))));
        var log = Assert.Single(process.GetProperty("logs").EnumerateArray());
        Assert.Equal(Now / 1000, log.GetProperty("timestamp").GetInt64());
        Assert.Equal([("event", "string", "retry")], Pairs(log.GetProperty("fields")));
        Assert.Contains(("task.id", "string", "17"), Pairs(process.GetProperty("tags")));
        Assert.Contains(("error", "bool", "True"), Pairs(process.GetProperty("tags")));
        Assert.Equal(JsonValueKind.Null, process.GetProperty("warnings").ValueKind);
        Assert.False(process.TryGetProperty("flags", out _));
        var sender = shown.GetProperty("processes").GetProperty(Text(process, "processID"));
        Assert.Equal(service, Text(sender, "serviceName"));
        Assert.Equal([("host.name", "string", "lab")], Pairs(sender.GetProperty("tags")));
    }

    // client.go, Dependencies, and querydata.go, transformDependenciesResponse
    [Fact]
    public async Task Dependencies_make_a_graph()
    {
        var (service, _, _) = await SendAsync();
        var (end, start) = ((Now / 1_000_000) + 60_000, (Now / 1_000_000) - 60_000);

        var answer = await backend.GetAsync($"/api/dependencies?endTs={end}&lookback={end - start}");

        Assert.True(!answer.TryGetProperty("errors", out var errors) || errors.ValueKind is JsonValueKind.Null);
        var edge = Assert.Single(answer.GetProperty("data").EnumerateArray(), d => Text(d, "parent") == service);
        Assert.Equal((service, 1), (Text(edge, "child"), edge.GetProperty("callCount").GetInt32()));
    }

    // querydata.go: what is no success is an error of the panel
    [Fact]
    public async Task A_trace_that_is_not_there_is_no_success() =>
        Assert.Equal(404, (await backend.FailAsync("/api/traces/" + NewTraceId())).Status);

    /// <summary>Two spans of a new trace, the second of which fails and links to another trace.</summary>
    private async Task<(string Service, string Trace, (string Trace, string Span) Link)> SendAsync()
    {
        var (service, trace, root, link) = (NewService(), NewTraceId(), NewSpanId(), (NewTraceId(), NewSpanId()));
        var process = Span(trace, "process", parent: root, micros: 5000, kind: 5, attributes: [("task.id", OtlpJson.Text("17"))]);
        process["status"] = new JsonObject { ["code"] = 2 };
        process["events"] = new JsonArray(new JsonObject { ["timeUnixNano"] = Nanos(Now), ["name"] = "retry" });
        process["links"] = new JsonArray(new JsonObject { ["traceId"] = link.Item1, ["spanId"] = link.Item2 });
        await backend.SendAsync(Resource(service, [Span(trace, "create", root, kind: 4), process], ("host.name", OtlpJson.Text("lab"))));
        await backend.TraceAsync(trace);
        return (service, trace, link);
    }

    private static JsonElement[] Traces(JsonElement answer) => [.. answer.GetProperty("data").EnumerateArray()];

    private static IEnumerable<string> Texts(JsonElement answer) => answer.GetProperty("data").EnumerateArray().Select(t => t.GetString()!);

    private static IEnumerable<(string Key, string Type, string Value)> Pairs(JsonElement list) =>
        list.EnumerateArray().Select(p => (Text(p, "key"), Text(p, "type"), p.GetProperty("value").ToString()));

    private static string Text(JsonElement owner, string name) => owner.GetProperty(name).GetString()!;
}
