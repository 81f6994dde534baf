using System.Text.Json;
using System.Text.Json.Nodes;
using static AgentSystem.Tests.TelemetryStore.Api.OtlpJson;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>How Jaeger shows a trace.</summary>
public sealed class JaegerTraceTests(TelemetryBackend backend) : IClassFixture<TelemetryBackend>
{
    [Fact]
    public async Task A_trace_has_its_spans_and_the_processes_that_sent_them()
    {
        var (trace, service, root, child) = (NewTraceId(), NewService(), NewSpanId(), NewSpanId());
        await backend.SendAsync(Resource(service,
            [Span(trace, "create", root, micros: 5000, kind: 4), Span(trace, "process", child, root, Now + 1_000_000, kind: 5)], ("host.name", Text("lab"))));

        var shown = await backend.TraceAsync(trace);

        Assert.Equal(trace, shown.GetProperty("traceID").GetString());
        var spans = shown.GetProperty("spans").EnumerateArray().ToDictionary(s => s.GetProperty("spanID").GetString()!);
        Assert.Equal("create", spans[root].GetProperty("operationName").GetString());
        Assert.Equal(Now / 1000, spans[root].GetProperty("startTime").GetInt64());
        Assert.Equal(5000, spans[root].GetProperty("duration").GetInt64());
        Assert.Empty(spans[root].GetProperty("references").EnumerateArray());
        var reference = Assert.Single(spans[child].GetProperty("references").EnumerateArray());
        Assert.Equal(("CHILD_OF", trace, root), (Member(reference, "refType"), Member(reference, "traceID"), Member(reference, "spanID")));
        var process = shown.GetProperty("processes").GetProperty(Member(spans[root], "processID"));
        Assert.Equal(service, Member(process, "serviceName"));
        Assert.Equal([("host.name", "string", "\"lab\"")], Tags(process));
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("warnings").ValueKind);
        Assert.Equal(JsonValueKind.Null, spans[root].GetProperty("warnings").ValueKind);
    }

    [Fact]
    public async Task Attributes_become_tags_with_Jaegers_types()
    {
        var trace = NewTraceId();
        await backend.SendAsync(Resource(NewService(), [Span(trace, "types", attributes:
        [
            ("z.text", Text("a")), ("bool", new JsonObject { ["boolValue"] = true }), ("int", Whole(42)), ("big", Whole(9007199254740993)),
            ("double", new JsonObject { ["doubleValue"] = 1.5 }), ("bytes", new JsonObject { ["bytesValue"] = "AQI=" }),
            ("list", new JsonObject { ["arrayValue"] = new JsonObject { ["values"] = new JsonArray(Text("x"), Whole(1)) } }),
            ("map", new JsonObject { ["kvlistValue"] = new JsonObject { ["values"] = Attributes([("b", Whole(2)), ("a", Text("<"))]) } }),
        ])]));

        var span = (await backend.TraceAsync(trace)).GetProperty("spans")[0];

        Assert.Equal(
        [
            ("otel.scope.name", "string", "\"tests\""), ("otel.scope.version", "string", "\"1.0\""), ("big", "int64", "\"9007199254740993\""),
            ("bool", "bool", "true"), ("bytes", "binary", "\"AQI=\""), ("double", "float64", "1.5"), ("int", "int64", "42"),
            ("list", "string", """["x",1]"""), ("map", "string", """{"a":"<","b":2}"""), ("z.text", "string", "\"a\""), ("span.kind", "string", "\"internal\""),
        ], Tags(span).Select(t => t.Key is "list" or "map" ? t with { Value = JsonSerializer.Deserialize<string>(t.Value)! } : t));
    }

    [Fact]
    public async Task Status_trace_state_events_and_links_are_shown_in_Jaegers_words()
    {
        var (trace, other, linked) = (NewTraceId(), NewTraceId(), NewSpanId());
        var span = Span(trace, "fails");
        span["status"] = new JsonObject { ["code"] = 2, ["message"] = "no such file" };
        span["traceState"] = "a=b";
        span["events"] = new JsonArray(new JsonObject { ["timeUnixNano"] = Nanos(Now + 5000), ["name"] = "exception", ["attributes"] = Attributes([("exception.type", Text("IOException"))]) });
        span["links"] = new JsonArray(new JsonObject { ["traceId"] = other, ["spanId"] = linked });
        await backend.SendAsync(Resource(NewService(), [span]));

        var shown = (await backend.TraceAsync(trace)).GetProperty("spans")[0];

        Assert.Equal(
            [("otel.status_code", "string", "\"ERROR\""), ("error", "bool", "true"), ("otel.status_description", "string", "\"no such file\""), ("w3c.tracestate", "string", "\"a=b\"")],
            Tags(shown).SkipWhile(t => t.Key != "otel.status_code"));
        var log = Assert.Single(shown.GetProperty("logs").EnumerateArray());
        Assert.Equal(Now / 1000 + 5, log.GetProperty("timestamp").GetInt64());
        Assert.Equal([("event", "string", "\"exception\""), ("exception.type", "string", "\"IOException\"")], Tags(log, "fields"));
        var reference = Assert.Single(shown.GetProperty("references").EnumerateArray());
        Assert.Equal(("FOLLOWS_FROM", other, linked), (Member(reference, "refType"), Member(reference, "traceID"), Member(reference, "spanID")));
    }

    [Fact]
    public async Task A_span_that_arrives_twice_is_shown_once()
    {
        var trace = NewTraceId();
        var resource = Resource(NewService(), [Span(trace, "once")]);
        await backend.SendAsync((JsonObject)resource.DeepClone());
        await backend.SendAsync(resource);

        Assert.Single((await backend.TraceAsync(trace)).GetProperty("spans").EnumerateArray());
    }

    [Fact]
    public async Task An_id_of_64_bits_has_16_digits_and_is_found_short_or_in_capitals()
    {
        var id = NewSpanId()[..14] + "ab";
        await backend.SendAsync(Resource(NewService(), [Span(new string('0', 16) + id, "short")]));

        Assert.Equal(id, (await backend.TraceAsync(id)).GetProperty("traceID").GetString());
        Assert.Equal(id, (await backend.TraceAsync(id.ToUpperInvariant())).GetProperty("traceID").GetString());
        Assert.Equal(id, (await backend.TraceAsync(id.TrimStart('0'))).GetProperty("traceID").GetString());
    }

    [Fact]
    public async Task Differing_clocks_are_warned_about_and_not_corrected()
    {
        var (trace, service, root) = (NewTraceId(), NewService(), NewSpanId());
        await backend.SendAsync(
            Resource(service, [Span(trace, "parent", root, micros: 1000)], ("host.name", Text("a"))),
            Resource(service, [Span(trace, "child", parent: root, start: Now - 5_000_000, micros: 100), Span(trace, "orphan", parent: "00000000000000ff")], ("host.name", Text("b"))));

        var spans = (await backend.TraceAsync(trace)).GetProperty("spans").EnumerateArray().ToDictionary(s => Member(s, "operationName"));

        Assert.Equal((Now - 5_000_000) / 1000, spans["child"].GetProperty("startTime").GetInt64());
        Assert.Equal(["clock skew adjustment disabled; not applying calculated delta of 5.45ms"], Warnings(spans["child"]));
        Assert.Equal(["parent span ID=00000000000000ff is not in the trace; skipping clock skew adjustment"], Warnings(spans["orphan"]));
    }

    [Theory]
    [InlineData("/api/traces/0123456789abcdef0123456789abcdef", 404, "trace not found")]
    [InlineData("/api/traces/xyz!", 400, "strconv.ParseUint: parsing \"xyz!\": invalid syntax")]
    [InlineData("/api/traces/0123456789abcdef0123456789abcdef0", 400, "TraceID cannot be longer than 32 hex characters: 0123456789abcdef0123456789abcdef0")]
    [InlineData("/api/traces/1?raw=maybe", 400, "unable to parse param 'raw': strconv.ParseBool: parsing \"maybe\": invalid syntax")]
    public async Task What_cannot_be_answered_says_why_in_the_frame_of_every_answer(string path, int status, string message)
    {
        var (code, body) = await backend.FailAsync(path);

        Assert.Equal(status, code);
        Assert.Equal(JsonValueKind.Null, body.GetProperty("data").ValueKind);
        var error = Assert.Single(body.GetProperty("errors").EnumerateArray());
        Assert.Equal((status, message), (error.GetProperty("code").GetInt32(), Member(error, "msg")));
    }

    private static IEnumerable<(string Key, string Type, string Value)> Tags(JsonElement owner, string name = "tags") =>
        owner.GetProperty(name).EnumerateArray().Select(t => (Member(t, "key"), Member(t, "type"), t.GetProperty("value").GetRawText()));

    private static string[] Warnings(JsonElement span) => [.. span.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!)];

    private static string Member(JsonElement owner, string name) => owner.GetProperty(name).GetString()!;
}
