using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.Tests.TelemetryStore.Api;

/// <summary>
/// What OTLP's specification asks of a receiver over HTTP. Runs against the one at <c>OTLP_ENDPOINT</c> where that is set; it has to take all
/// three signals, as the collector does.
/// </summary>
public sealed class OtlpHttpTests(OtlpTarget target) : IClassFixture<OtlpTarget>
{
    private const string Protobuf = "application/x-protobuf", Json = "application/json";

    [Fact]
    public async Task Protobuf_is_taken_plain_and_gzipped_and_answered_with_an_empty_message()
    {
        foreach (var (body, encoding) in ((byte[], string?)[])[(Trace(1), null), (Gzip(Trace(2)), "gzip")])
        {
            using var answer = await target.PostAsync("/v1/traces", body, Protobuf, encoding);
            Assert.Equal((HttpStatusCode.OK, Protobuf), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            // The partial success may be there, but has to be empty.
            Assert.True((await answer.Content.ReadAsByteArrayAsync()) is [] or [0x0A, 0x00]);
        }
    }

    [Theory]
    [InlineData("/v1/traces", """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"op","startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}""")]
    [InlineData("/v1/logs", """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"hello"},"unknown":{"a":[1]}}]}]}]}""")]
    [InlineData("/v1/metrics", """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{"asInt":"1","timeUnixNano":"1"}]}}]}]}]}""")]
    [InlineData("/v1/traces", "{}")]
    [InlineData("/v1/logs", "{}")]
    [InlineData("/v1/metrics", "{}")]
    public async Task JSON_is_taken_and_answered_in_JSON(string path, string body)
    {
        using var answer = await target.PostAsync(path, Encoding.UTF8.GetBytes(body), Json);

        Assert.Equal((HttpStatusCode.OK, Json), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal("{}", JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["partialSuccess"]!.ToJsonString());
    }

    [Fact]
    public async Task What_cannot_be_read_is_a_400_with_a_status_in_the_language_of_the_request()
    {
        using var json = await target.PostAsync("/v1/traces", "{\"resourceSpans\":"u8.ToArray(), Json);
        using var binary = await target.PostAsync("/v1/logs", [0x0A, 0x7F], Protobuf);
        using var gzip = await target.PostAsync("/v1/logs", [1, 2, 3], Protobuf, "gzip");

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest], [json.StatusCode, binary.StatusCode, gzip.StatusCode]);
        Assert.Equal((Json, Protobuf), (json.Content.Headers.ContentType!.MediaType, binary.Content.Headers.ContentType!.MediaType));
        Assert.NotEqual("", JsonElement.Parse(await json.Content.ReadAsStringAsync()).GetProperty("message").GetString());
        Assert.NotEmpty(await binary.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Another_type_of_content_is_a_415()
    {
        using var answer = await target.PostAsync("/v1/logs", [1], "text/xml");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    private static byte[] Trace(byte id)
    {
        var span = new ProtoWriter().Bytes(1, [.. Enumerable.Repeat(id, 16)]).Bytes(2, [.. Enumerable.Repeat(id, 8)]).Text(5, "op").Fixed64(7, 1).Fixed64(8, 2);
        return new ProtoWriter().Message(1, new ProtoWriter().Message(2, new ProtoWriter().Message(2, span))).ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
