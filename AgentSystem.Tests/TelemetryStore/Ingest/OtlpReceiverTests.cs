using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Traces;
using AgentSystem.Tests.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using StatusCode = Grpc.Core.StatusCode;

namespace AgentSystem.Tests.TelemetryStore.Ingest;

/// <summary>
/// What our own store makes of OTLP, by both of its ports: what is stored, and what only settings of its own show. What any receiver has to do
/// is in <see cref="Api.OtlpHttpTests"/>.
/// </summary>
public sealed class OtlpReceiverTests : IDisposable
{
    private const string Protobuf = "application/x-protobuf";

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(b => b, b => b);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Protobuf_is_taken_plain_and_gzipped_and_answered_with_an_empty_message()
    {
        await using var store = await StoreHost.StartAsync(_folder);
        using var http = StoreHost.NewClient(store.OtlpUrl);

        using var plain = await PostAsync(http, "/v1/traces", Trace(1), Protobuf);
        using var packed = await PostAsync(http, "/v1/traces", Gzip(Trace(2)), Protobuf, "gzip");

        Assert.Equal((HttpStatusCode.OK, Protobuf, 0), (plain.StatusCode, plain.Content.Headers.ContentType!.MediaType, (await plain.Content.ReadAsByteArrayAsync()).Length));
        Assert.Equal(HttpStatusCode.OK, packed.StatusCode);
        var traces = store.Services.GetRequiredService<ITraceStore>();
        Assert.NotNull(traces.Find(1));
        Assert.NotNull(traces.Find(2));
    }

    [Fact]
    public async Task All_three_signals_are_taken_as_JSON()
    {
        await using var store = await StoreHost.StartAsync(_folder);
        using var http = StoreHost.NewClient(store.OtlpUrl);

        using var logs = await PostAsync(http, "/v1/logs", """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"hello"},"unknown":{"a":[1]}}]}]}]}"""u8.ToArray(), "application/json");
        using var metrics = await PostAsync(http, "/v1/metrics", """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":{"dataPoints":[{"asInt":"1"},{"asInt":"2"}]}}]}]}]}"""u8.ToArray(), "application/json");
        using var nothing = await PostAsync(http, "/v1/traces", "{}"u8.ToArray(), "application/json");

        Assert.Equal((HttpStatusCode.OK, "application/json"), (logs.StatusCode, logs.Content.Headers.ContentType!.MediaType));
        Assert.Equal("""{"partialSuccess":{}}""", await logs.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (metrics.StatusCode, nothing.StatusCode));
        Assert.Equal("hello", store.Services.GetRequiredService<ILogStore>().Select(new([], 0, 2), default).Single().Line);
        using var client = StoreHost.NewClient(store.Url);
        Assert.Contains("telemetry_store_accepted_total{signal=\"metrics\",source=\"otlp_http\"} 2", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_long_is_a_413_however_it_is_packed()
    {
        await using var store = await StoreHost.StartAsync(_folder, ("TelemetryStore:MaxRequestBytes", "5000"));
        using var http = StoreHost.NewClient(store.OtlpUrl);
        var large = new byte[5001];

        using var plain = await PostAsync(http, "/v1/traces", large, Protobuf);
        using var packed = await PostAsync(http, "/v1/traces", Gzip(large), Protobuf, "gzip");
        using var channel = Channel(store);
        var grpc = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(channel, "trace.v1.TraceService", large));

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.RequestEntityTooLarge), (plain.StatusCode, packed.StatusCode));
        Assert.Equal(StatusCode.ResourceExhausted, grpc.StatusCode);
    }

    [Fact]
    public async Task Who_sends_more_than_can_wait_is_told_when_to_come_again()
    {
        await using var store = await StoreHost.StartAsync(_folder, ("TelemetryStore:QueueBytes", "1024"));
        using var http = StoreHost.NewClient(store.OtlpUrl);
        using var channel = Channel(store);
        var many = new ProtoWriter();
        for (var i = 0; i < 200; i++)
            many.Message(1, Trace((UInt128)i + 1).AsSpan()[2..]);
        var requests = Enumerable.Range(0, 40).Select(_ => PostAsync(http, "/v1/traces", many.ToArray(), Protobuf)).ToList();
        var calls = Enumerable.Range(0, 40).Select(_ => CodeAsync(channel, many.ToArray())).ToList();
        var answers = await Task.WhenAll(requests);
        var codes = await Task.WhenAll(calls);

        var refused = answers.Where(a => !a.IsSuccessStatusCode).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, a => Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (a.StatusCode, a.Headers.RetryAfter!.Delta!.Value)));
        Assert.All(codes.OfType<RpcException>(), e =>
        {
            Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
            Assert.Contains("google.rpc.RetryInfo", Encoding.Latin1.GetString(e.Trailers.GetValueBytes("grpc-status-details-bin")!), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Spans_without_an_id_are_left_out_and_the_rest_is_taken()
    {
        await using var store = await StoreHost.StartAsync(_folder);
        using var http = StoreHost.NewClient(store.OtlpUrl);

        using var answer = await PostAsync(http, "/v1/traces", """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"","spanId":"0000000000000001"},{"traceId":"00000000000000000000000000000007","spanId":"0000000000000001"}]}]}]}"""u8.ToArray(), "application/json");

        var partial = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["partialSuccess"]!;
        Assert.Equal(("1", "Spans without a trace id or a span id were left out."), ((string)partial["rejectedSpans"]!, (string)partial["errorMessage"]!));
        Assert.NotNull(store.Services.GetRequiredService<ITraceStore>().Find(7));
    }

    [Fact]
    public async Task One_strange_attribute_or_text_costs_no_record()
    {
        await using var store = await StoreHost.StartAsync(_folder);
        using var http = StoreHost.NewClient(store.OtlpUrl);
        const string records = """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[
              {"timeUnixNano":"1","body":{"stringValue":"one"},"attributes":[{"key":"名前","value":{"stringValue":"value"}}]},
              {"timeUnixNano":"2","body":{"stringValue":"two \ud800"},"attributes":[{"key":"","value":{"stringValue":"lost"}}]},
              {"timeUnixNano":"3","body":{"stringValue":"three"}}]}]}]}
            """;

        using var json = await PostAsync(http, "/v1/logs", Encoding.UTF8.GetBytes(records), "application/json");
        using var channel = Channel(store);
        var nameless = new ProtoWriter().Fixed64(1, 4).Message(5, new ProtoWriter().Text(1, "four"))
            .Message(6, new ProtoWriter().Message(2, new ProtoWriter().Text(1, "lost")));
        var partial = await ExportAsync(channel, "logs.v1.LogsService", new ProtoWriter().Message(1, new ProtoWriter().Message(2, new ProtoWriter().Message(2, nameless))).ToArray());

        Assert.Equal(HttpStatusCode.OK, json.StatusCode);
        var answer = JsonNode.Parse(await json.Content.ReadAsStringAsync())!["partialSuccess"]!;
        Assert.Equal(("0", "Attributes without a name were left out (1)."), ((string)answer["rejectedLogRecords"]!, (string)answer["errorMessage"]!));
        Assert.Equal(new ProtoWriter().Message(1, new ProtoWriter().Text(2, "Attributes without a name were left out (1).")).ToArray(), partial);
        var lines = store.Services.GetRequiredService<ILogStore>().Select(new([], 0, 5), default).ToList();
        Assert.Equal(["one", "two \uFFFD", "three", "four"], lines.Select(l => l.Line));
        Assert.Contains(new("U___540d__524d_", "value"), lines[0].Metadata);
    }

    [Fact]
    public async Task A_record_that_is_too_long_is_rejected_and_the_others_are_kept()
    {
        await using var store = await StoreHost.StartAsync(_folder);
        using var http = StoreHost.NewClient(store.OtlpUrl);
        var records = $$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":{"stringValue":"{{{new string('x', 262_145)}}}"}},{"timeUnixNano":"2","body":{"stringValue":"good"}}]}]}]}""";

        using var json = await PostAsync(http, "/v1/logs", Encoding.UTF8.GetBytes(records), "application/json");

        var answer = JsonNode.Parse(await json.Content.ReadAsStringAsync())!["partialSuccess"]!;
        Assert.Equal(("1", "Log records whose text is longer than 262,144 bytes were left out."), ((string)answer["rejectedLogRecords"]!, (string)answer["errorMessage"]!));
        Assert.Equal("good", store.Services.GetRequiredService<ILogStore>().Select(new([], 0, 5), default).Single().Line);
    }

    [Fact]
    public async Task GRPC_takes_the_three_services_with_the_key_and_without_it_none()
    {
        await using var store = await StoreHost.StartAsync(_folder);
        using var channel = Channel(store);

        Assert.Empty(await ExportAsync(channel, "trace.v1.TraceService", Trace(3)));
        Assert.Empty(await ExportAsync(channel, "logs.v1.LogsService", []));
        Assert.Empty(await ExportAsync(channel, "metrics.v1.MetricsService", []));
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => ExportAsync(channel, "logs.v1.LogsService", [0x0A, 0x7F]))).StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => ExportAsync(channel, "trace.v1.TraceService", Trace(4), apiKey: "wrong"))).StatusCode);
        Assert.NotNull(store.Services.GetRequiredService<ITraceStore>().Find(3));
    }

    private static byte[] Trace(UInt128 id)
    {
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        var span = new ProtoWriter().Bytes(1, bytes).Bytes(2, bytes.AsSpan(8)).Text(5, "op").Fixed64(7, 1).Fixed64(8, 2);
        return new ProtoWriter().Message(1, new ProtoWriter().Message(2, new ProtoWriter().Message(2, span))).ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string path, byte[] body, string type, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await http.PostAsync(path, content);
    }

    private static GrpcChannel Channel(StoreHost store) => GrpcChannel.ForAddress(store.GrpcUrl);

    private static async Task<byte[]> ExportAsync(GrpcChannel channel, string service, byte[] request, string apiKey = StoreHost.ApiKey)
    {
        var method = new Method<byte[], byte[]>(MethodType.Unary, "opentelemetry.proto.collector." + service, "Export", Bytes, Bytes);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(new Metadata { { "x-api-key", apiKey } }), request);
        return await call;
    }

    private static async Task<RpcException?> CodeAsync(GrpcChannel channel, byte[] request)
    {
        try
        {
            await ExportAsync(channel, "trace.v1.TraceService", request);
            return null;
        }
        catch (RpcException e)
        {
            return e;
        }
    }
}
