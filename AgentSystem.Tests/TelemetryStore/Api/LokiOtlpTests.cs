using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.Tests.Support;
using static AgentSystem.Tests.TelemetryStore.Api.OtlpJson;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>
/// Loki's own OTLP endpoint, to which <c>infra/otel-collector/loki.yaml</c> sends. What is expected is in Loki's pkg/loghttp/push/otlp.go and
/// pkg/distributor. Runs against real Loki where <c>LOKI_URL</c> is set.
/// </summary>
public sealed class LokiOtlpTests(LokiTarget loki) : IClassFixture<LokiTarget>
{
    private const string Path = "/otlp/v1/logs", Protobuf = "application/x-protobuf", Json = "application/json";

    [Fact]
    public async Task A_record_becomes_a_line_with_index_labels_and_structured_metadata()
    {
        var service = NewService();
        var record = Record("it broke", ("http", new JsonObject { ["kvlistValue"] = new JsonObject { ["values"] = Attributes([("method", OtlpJson.Text("GET"))]) } }), ("tags", new JsonObject
        {
            ["arrayValue"] = new JsonObject { ["values"] = new JsonArray(OtlpJson.Text("a"), Whole(1)) },
        }), ("empty", OtlpJson.Text("")));
        record["severityNumber"] = 17;
        record["severityText"] = "ERROR";
        record["observedTimeUnixNano"] = Nanos(Now + 1);
        record["flags"] = 1;
        record["traceId"] = "0102030405060708090a0b0c0d0e0f10";
        record["spanId"] = "0102030405060708";

        using var answer = await PostAsync(Request(service, [record], ("service.instance.id", OtlpJson.Text("i-1")), ("host.name", OtlpJson.Text("lab"))));

        Assert.Equal((HttpStatusCode.NoContent, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        var (stream, line) = Assert.Single(await LinesAsync(service));
        Assert.Equal($"service_instance_id=i-1 service_name={service}", Text(stream));
        Assert.Equal((Nanos(Now), "it broke"), (line[0].GetString(), line[1].GetString()));
        Assert.Equal(
            $"detected_level=error flags=1 host_name=lab http_method=GET observed_timestamp={Now + 1} scope_name=tests severity_number=17 severity_text=ERROR "
            + """span_id=0102030405060708 tags=["a",1] trace_id=0102030405060708090a0b0c0d0e0f10""",
            Text(line[2].GetProperty("structuredMetadata")));
    }

    [Fact]
    public async Task Protobuf_is_taken_plain_and_packed()
    {
        var service = NewService();
        using var plain = await PostAsync(Proto(service, "plain"), Protobuf);
        using var packed = await PostAsync(Zip(Proto(service, "packed")), Protobuf, "gzip");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (plain.StatusCode, packed.StatusCode));
        Assert.Equal(["packed", "plain"], (await LinesAsync(service, 2)).Select(l => l.Line[1].GetString()).Order());
    }

    [Fact]
    public async Task A_record_that_is_too_old_is_refused_and_the_others_are_kept()
    {
        var service = NewService();
        var (old, young) = (Record("old"), Record("young"));
        old["timeUnixNano"] = Nanos(Now - ((long)TimeSpan.FromDays(8).TotalSeconds * 1_000_000_000));

        using var answer = await PostAsync(Request(service, [old, young]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith($"entry for stream '{{service_name=\"{service}\"}}' has timestamp too old: ", await MessageAsync(answer), StringComparison.Ordinal);
        Assert.Equal("young", Assert.Single(await LinesAsync(service)).Line[1].GetString());
    }

    [Fact]
    public async Task More_labels_than_a_stream_may_have_are_refused()
    {
        string[] names =
        [
            "service.namespace", "service.instance.id", "deployment.environment", "deployment.environment.name", "cloud.region", "cloud.availability_zone",
            "k8s.cluster.name", "k8s.namespace.name", "k8s.pod.name", "k8s.container.name", "container.name", "k8s.replicaset.name",
            "k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name", "k8s.cronjob.name",
        ];

        using var answer = await PostAsync(Request(NewService(), [Record("x")], [.. names.Select(n => (n, (JsonNode)OtlpJson.Text("v")))]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.EndsWith(" has 16 label names; limit 15", await MessageAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_metadata_than_a_line_may_have_is_refused()
    {
        using var many = await PostAsync(Request(NewService(), [Record("x", [.. Enumerable.Range(0, 129).Select(i => ($"a{i}", (JsonNode)Whole(i)))])]));
        using var large = await PostAsync(Request(NewService(), [Record("x", ("large", OtlpJson.Text(new string('x', 70_000))))]));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (many.StatusCode, large.StatusCode));
        // The scope's name counts too.
        Assert.Contains("has too many structured metadata labels: '130', limit: '128'", await MessageAsync(many), StringComparison.Ordinal);
        Assert.Contains("has structured metadata too large: '70020' bytes, limit: '65536' bytes", await MessageAsync(large), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_refused()
    {
        using var answer = await PostAsync(Request(NewService(), [Record(new string('x', 262_145))]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("max entry size '262144' bytes exceeded for stream ", await MessageAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attribute_that_no_label_can_be_named_after_is_refused_with_the_whole_request()
    {
        var service = NewService();
        using var answer = await PostAsync(Request(service, [Record("good"), Record("bad", ("名前", OtlpJson.Text("x")))]));
        using var empty = await PostAsync(Request(service, [Record("bad", ("", OtlpJson.Text("x")))]));
        using var next = await PostAsync(Request(service, [Record("next")]));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (answer.StatusCode, empty.StatusCode));
        Assert.Equal("symbolizer lookup: normalization for label name \"名前\" resulted in invalid name \"_\"", await MessageAsync(answer));
        Assert.Equal("symbolizer lookup: label name is empty", await MessageAsync(empty));
        Assert.Equal("next", Assert.Single(await LinesAsync(service)).Line[1].GetString());
    }

    [Theory]
    [InlineData("{}", Json, null, 422, "error at least one valid stream is required for ingestion")]
    [InlineData("{", Json, null, 400, "")]
    [InlineData("no protobuf", Protobuf, null, 400, "")]
    [InlineData("{}", "text/plain", null, 400, "content type: text/plain is not supported")]
    [InlineData("{}", Json, "br", 400, "unsupported content encoding br: only gzip, lz4 and zstd are supported")]
    public async Task What_cannot_be_taken_says_why(string body, string type, string? encoding, int status, string message)
    {
        using var answer = await PostAsync(Encoding.UTF8.GetBytes(body), type, encoding);

        Assert.Equal(status, (int)answer.StatusCode);
        var said = await MessageAsync(answer);
        Assert.True(message.Length > 0 ? said == message : said.Length > 0, said);
    }

    private Task<HttpResponseMessage> PostAsync(JsonNode request) => PostAsync(Encoding.UTF8.GetBytes(request.ToJsonString()), Json);

    private async Task<HttpResponseMessage> PostAsync(byte[] body, string type, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await loki.Client.PostAsync(Path, content);
    }

    /// <summary>The lines of a service with their streams, as soon as there are as many.</summary>
    private async Task<List<(JsonElement Stream, JsonElement Line)>> LinesAsync(string service, int count = 1) => await Eventually.Get(
        async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, LokiTarget.Address(
                "/loki/api/v1/query_range", ("query", $$"""{service_name="{{service}}"}"""), ("start", Nanos(Now - 60_000_000_000)), ("end", Nanos(Now + 60_000_000_000))));
            request.Headers.Add("X-Loki-Response-Encoding-Flags", "categorize-labels");
            return JsonElement.Parse((await loki.SendAsync(request)).Body).GetProperty("data").GetProperty("result").EnumerateArray()
                .SelectMany(s => s.GetProperty("values").EnumerateArray().Select(line => (s.GetProperty("stream"), line))).ToList();
        },
        lines => lines.Count == count);

    /// <summary>What an error says: <c>google.rpc.Status</c>, of which Loki fills the message (2) alone.</summary>
    private static async Task<string> MessageAsync(HttpResponseMessage answer)
    {
        var reader = new ProtoReader(await answer.Content.ReadAsByteArrayAsync());
        Assert.True(reader.Next(out var field));
        Assert.Equal(2, field);
        var message = reader.Text();
        Assert.False(reader.Next(out _));
        return message;
    }

    private static JsonObject Request(string service, JsonObject[] records, params (string, JsonNode)[] attributes) => new()
    {
        ["resourceLogs"] = new JsonArray(new JsonObject
        {
            ["resource"] = new JsonObject { ["attributes"] = Attributes([("service.name", OtlpJson.Text(service)), .. attributes]) },
            ["scopeLogs"] = new JsonArray(new JsonObject { ["scope"] = new JsonObject { ["name"] = "tests" }, ["logRecords"] = new JsonArray([.. records]) }),
        }),
    };

    private static JsonObject Record(string line, params (string, JsonNode)[] attributes) =>
        new() { ["timeUnixNano"] = Nanos(Now), ["body"] = OtlpJson.Text(line), ["attributes"] = Attributes(attributes) };

    // ExportLogsServiceRequest{resource_logs{resource{attributes}, scope_logs{log_records{time_unix_nano, body}}}}
    private static byte[] Proto(string service, string line)
    {
        var attribute = new ProtoWriter().Text(1, "service.name").Message(2, new ProtoWriter().Text(1, service));
        var record = new ProtoWriter().Fixed64(1, (ulong)Now).Message(5, new ProtoWriter().Text(1, line));
        var resource = new ProtoWriter().Message(1, new ProtoWriter().Message(1, attribute)).Message(2, new ProtoWriter().Message(2, record));
        return new ProtoWriter().Message(1, resource).ToArray();
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static string Text(JsonElement labels) => string.Join(' ', labels.EnumerateObject().OrderBy(l => l.Name, StringComparer.Ordinal)
        .Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Name}={l.Value.GetString()}")));
}
