using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using static AgentSystem.Tests.TelemetryStore.Api.OtlpJson;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>How Jaeger finds traces, with the requests that Grafana's Jaeger data source makes.</summary>
public sealed class JaegerSearchTests(TelemetryBackend backend) : IClassFixture<TelemetryBackend>
{
    [Fact]
    public async Task Service_operation_tags_duration_and_time_have_to_hold_on_one_span()
    {
        var (service, wanted, split) = (NewService(), NewTraceId(), NewTraceId());
        await backend.SendAsync(Resource(service,
        [
            Span(wanted, "process", micros: 3000, attributes: [("task.id", Text("1")), ("task.attempt", Whole(2))]),
            Span(split, "process", micros: 3000, attributes: [("task.id", Text("1"))]),
            Span(split, "settle", micros: 3000, attributes: [("task.id", Text("1")), ("task.attempt", Whole(2))]),
        ]));
        await backend.TraceAsync(split);
        var tags = Uri.EscapeDataString("""{"task.id":"1","task.attempt":"2"}""");

        Assert.Equal([wanted], await SearchAsync($"service={service}&operation=process&tags={tags}"));
        Assert.Equal([wanted], await SearchAsync($"service={service}&operation=process&tag=task.attempt:2&minDuration=3ms&maxDuration=3ms"));
        Assert.Empty(await SearchAsync($"service={service}&operation=process&tag=task.attempt:2&minDuration=3001us"));
        Assert.Empty(await SearchAsync($"service={service}&operation=process&tag=task.attempt:3"));
        Assert.Equal([wanted], await SearchAsync($"service={service}&operation=process&tag=task.attempt:2&start={Now / 1000}&end={Now / 1000}"));
        Assert.Empty(await SearchAsync($"service={service}&start={Now / 1000 + 1}&end={Now / 1000 + 100}"));
    }

    [Fact]
    public async Task Tags_are_looked_for_on_the_span_its_resource_and_its_events_and_the_status_has_names_of_its_own()
    {
        var (service, trace, quiet) = (NewService(), NewTraceId(), NewTraceId());
        var span = Span(trace, "op", kind: 3);
        span["status"] = new JsonObject { ["code"] = 2 };
        span["events"] = new JsonArray(new JsonObject { ["timeUnixNano"] = Nanos(Now), ["name"] = "e", ["attributes"] = Attributes([("in.event", Text("yes"))]) });
        await backend.SendAsync(Resource(service, [span], ("region", Text("north"))), Resource(service, [Span(quiet, "op")]));
        await backend.TraceAsync(quiet);

        foreach (var tag in (string[])["error:true", "in.event:yes", "region:north", "resource.region:north", "span.kind:client", "span.status:error", "error:1"])
            Assert.Equal($"{tag} {trace}", $"{tag} {string.Join(' ', await SearchAsync($"service={service}&tag={tag}"))}");
        Assert.Empty(await SearchAsync($"service={service}&tag=error:false"));
        Assert.Equal([quiet], await SearchAsync($"service={service}&tag=span.kind:internal"));
    }

    [Fact]
    public async Task The_newest_traces_come_first_and_no_more_than_the_limit()
    {
        var service = NewService();
        var traces = Enumerable.Range(0, 5).Select(_ => NewTraceId()).ToList();
        foreach (var trace in traces)
        {
            await backend.SendAsync(Resource(service, [Span(trace, "op")]));
            await backend.TraceAsync(trace);
        }

        Assert.Equal(traces.AsEnumerable().Reverse(), await SearchAsync($"service={service}"));
        Assert.Equal([traces[4], traces[3]], await SearchAsync($"service={service}&limit=2"));
    }

    [Fact]
    public async Task Several_traces_are_fetched_by_id_and_missing_ones_are_named()
    {
        var (trace, missing) = (NewTraceId(), NewTraceId());
        await backend.SendAsync(Resource(NewService(), [Span(trace, "op")]));
        await backend.TraceAsync(trace);

        var answer = await backend.GetAsync($"/api/traces?traceID={trace}&traceID={missing}");

        Assert.Equal(trace, Assert.Single(answer.GetProperty("data").EnumerateArray()).GetProperty("traceID").GetString());
        var error = Assert.Single(answer.GetProperty("errors").EnumerateArray());
        Assert.Equal(("trace not found", missing), (error.GetProperty("msg").GetString(), error.GetProperty("traceID").GetString()));
    }

    [Theory]
    [InlineData("", 400, "parameter 'service' is required")]
    [InlineData("service=a&start=x", 400, "unable to parse param 'start': strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("service=a&limit=many", 400, "strconv.ParseInt: parsing \"many\": invalid syntax")]
    [InlineData("service=a&limit=0", 500, "search depth must be greater than 0 and less than max traces")]
    [InlineData("service=a&minDuration=5", 400, "unable to parse param 'minDuration': time: missing unit in duration \"5\"")]
    [InlineData("service=a&minDuration=soon", 400, "unable to parse param 'minDuration': time: invalid duration \"soon\"")]
    [InlineData("service=a&minDuration=5parsec", 400, "unable to parse param 'minDuration': time: unknown unit \"parsec\" in duration \"5parsec\"")]
    [InlineData("service=a&minDuration=2s&maxDuration=1s", 400, "'maxDuration' should be greater than 'minDuration'")]
    [InlineData("service=a&tag=nothing", 400, "malformed 'tag' parameter, expecting key:value, received: nothing")]
    [InlineData("service=a&tags=%7B%22a%22:1%7D", 400, "malformed 'tags' parameter, cannot unmarshal JSON: json: cannot unmarshal number into Go value of type string")]
    [InlineData("traceID=zz", 400, "cannot parse traceID param: strconv.ParseUint: parsing \"zz\": invalid syntax")]
    public async Task A_search_that_cannot_be_read_says_why(string query, int status, string message)
    {
        var (code, body) = await backend.FailAsync("/api/traces?" + query);

        Assert.Equal((status, message), (code, body.GetProperty("errors")[0].GetProperty("msg").GetString()));
    }

    [Fact]
    public async Task Services_and_their_operations_are_listed()
    {
        var (service, trace) = (NewService(), NewTraceId());
        await backend.SendAsync(Resource(service, [Span(trace, "create marie", kind: 4), Span(trace, "process marie", kind: 5), Span(trace, "process marie", kind: 1), Span(trace, "plain", kind: 0)]));
        await backend.TraceAsync(trace);

        var services = await backend.GetAsync("/api/services");
        Assert.Contains(service, services.GetProperty("data").EnumerateArray().Select(s => s.GetString()));
        Assert.Equal(services.GetProperty("data").GetArrayLength(), services.GetProperty("total").GetInt32());
        var names = await backend.GetAsync($"/api/services/{service}/operations");
        Assert.Equal(["create marie", "plain", "process marie"], names.GetProperty("data").EnumerateArray().Select(n => n.GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(3, names.GetProperty("total").GetInt32());
        var operations = await backend.GetAsync($"/api/operations?service={service}");
        Assert.Equal([("create marie", "producer"), ("plain", ""), ("process marie", "consumer"), ("process marie", "internal")],
            operations.GetProperty("data").EnumerateArray().Select(o => (o.GetProperty("name").GetString()!, o.GetProperty("spanKind").GetString()!)).Order());
        var consumers = await backend.GetAsync($"/api/operations?service={service}&spanKind=consumer");
        Assert.Equal(1, consumers.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_service_that_nobody_knows_has_nothing()
    {
        var service = NewService();

        Assert.Empty(await SearchAsync("service=" + service));
        Assert.Equal(JsonValueKind.Null, (await backend.GetAsync($"/api/services/{service}/operations")).GetProperty("data").ValueKind);
        Assert.Equal(0, (await backend.GetAsync($"/api/operations?service={service}")).GetProperty("data").GetArrayLength());
        Assert.Equal("parameter 'service' is required", (await backend.FailAsync("/api/operations")).Body.GetProperty("errors")[0].GetProperty("msg").GetString());
    }

    [Fact]
    public async Task Dependencies_count_the_calls_from_service_to_service()
    {
        var (caller, called, trace, root) = (NewService(), NewService(), NewTraceId(), NewSpanId());
        await backend.SendAsync(
            Resource(caller, [Span(trace, "root", root), Span(trace, "own child", parent: root)]),
            Resource(called, [Span(trace, "a", parent: root), Span(trace, "b", parent: root)]));
        await backend.TraceAsync(trace);
        var end = DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

        var calls = (await backend.GetAsync($"/api/dependencies?endTs={end}&lookback=3600000&service={caller}")).GetProperty("data").EnumerateArray()
            .Select(c => (c.GetProperty("parent").GetString(), c.GetProperty("child").GetString(), c.GetProperty("callCount").GetInt64())).ToHashSet();

        Assert.Equal([(caller, called, 2), (caller, caller, 1)], calls);
        Assert.Empty((await backend.GetAsync($"/api/dependencies?endTs=1000&lookback=500&service={caller}")).GetProperty("data").EnumerateArray());
    }

    [Theory]
    [InlineData("calls?service=a", 501, "trace metrics are currently disabled - no metrics backend configured")]
    [InlineData("latencies?service=a&quantile=0.95&spanKind=server&step=60000", 501, "trace metrics are currently disabled - no metrics backend configured")]
    [InlineData("latencies?service=a", 400, "unable to parse param 'quantile': strconv.ParseFloat: parsing \"\": invalid syntax")]
    [InlineData("errors", 400, "unable to parse param 'service': please provide at least one service name")]
    [InlineData("errors?service=a&spanKind=x", 400, "unable to parse param 'spanKind': unsupported span kind: 'x'")]
    [InlineData("errors?service=a&lookback=1h", 400, "unable to parse param 'lookback': strconv.ParseInt: parsing \"1h\": invalid syntax")]
    public async Task There_are_no_metrics_as_by_default(string query, int status, string message)
    {
        var (code, body) = await backend.FailAsync("/api/metrics/" + query);

        Assert.Equal((status, message), (code, body.GetProperty("errors")[0].GetProperty("msg").GetString()));
    }

    private async Task<string[]> SearchAsync(string query) =>
        [.. (await backend.GetAsync("/api/traces?" + query)).GetProperty("data").EnumerateArray().Select(t => t.GetProperty("traceID").GetString()!)];
}
