using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.Tests.Support;
using Grpc.Core;
using Grpc.Net.Client;

namespace AgentSystem.Tests.TelemetryStore.Telemetry;

/// <summary>The store's own metrics, of every way in and out.</summary>
public sealed class StoreInstrumentsTests : IAsyncLifetime, IDisposable
{
    private const string Protobuf = "application/x-protobuf", Json = "application/json";

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(b => b, b => b);

    private static readonly string Now = Nanos(DateTimeOffset.UtcNow), LongAgo = Nanos(DateTimeOffset.UtcNow.AddDays(-8));

    private readonly TempFolder _folder = new();
    private StoreHost _store = null!;
    private HttpClient _http = null!, _otlp = null!;

    public async Task InitializeAsync()
    {
        _store = await StoreHost.StartAsync(_folder, ("TelemetryStore:SweepInterval", "00:00:00.010"), ("TelemetryStore:MaxRequestBytes", "5000"), ("Loki:MaxPushBytes", "5000"));
        _http = StoreHost.NewClient(_store.Url);
        _otlp = StoreHost.NewClient(_store.OtlpUrl);
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        _otlp.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_taken_is_counted_by_the_way_that_it_came()
    {
        var push = $$"""{"streams":[{"stream":{"app":"x"},"values":[["{{Now}}","one"],["{{Now}}","two"],["{{LongAgo}}","old"]]}]}""";
        var logs = Logs("three");
        await PostAsync(_http, "/loki/api/v1/push", Encoding.UTF8.GetBytes(push), Json);
        await PostAsync(_http, "/otlp/v1/logs", logs, Protobuf);
        await PostAsync(_otlp, "/v1/logs", logs, Protobuf);
        await PostAsync(_otlp, "/v1/traces", Trace(), Protobuf);
        await ExportAsync("logs.v1.LogsService", logs);
        await ExportAsync("trace.v1.TraceService", Trace());
        Directory.CreateDirectory(_folder["shared", "logs"]);
        File.WriteAllText(_folder["shared", "logs", "agent.jsonl"], "from a file\n");

        await Eventually.True(async () => await ValueAsync("accepted_total{signal=\"logs\",source=\"file\"}") == 1);
        Assert.Equal(2, await ValueAsync("accepted_total{signal=\"logs\",source=\"loki_push\"}"));
        Assert.Equal(1, await ValueAsync("rejected_total{signal=\"logs\",source=\"loki_push\",reason=\"invalid\"}"));
        Assert.Equal(push.Length, await ValueAsync("received_bytes_total{signal=\"logs\",source=\"loki_push\"}"));
        Assert.Equal(12, await ValueAsync("received_bytes_total{signal=\"logs\",source=\"file\"}"));
        foreach (var source in (string[])["loki_otlp", "otlp_http", "otlp_grpc"])
        {
            Assert.Equal(1, await ValueAsync($"accepted_total{{signal=\"logs\",source=\"{source}\"}}"));
            Assert.Equal(logs.Length, await ValueAsync($"received_bytes_total{{signal=\"logs\",source=\"{source}\"}}"));
        }
        Assert.Equal((1, 1), (await ValueAsync("accepted_total{signal=\"traces\",source=\"otlp_http\"}"), await ValueAsync("accepted_total{signal=\"traces\",source=\"otlp_grpc\"}")));
        // A batch leaves the queue a moment after it was acknowledged.
        await Eventually.True(async () => (await ValueAsync("queue_bytes"), await ValueAsync("queue_length")) == (0, 0));
    }

    [Theory]
    [InlineData("loki_push", "/loki/api/v1/push")]
    [InlineData("loki_otlp", "/otlp/v1/logs")]
    [InlineData("otlp_http", "/v1/logs")]
    [InlineData("otlp_grpc", null)]
    public async Task What_is_refused_is_counted_with_the_reason(string source, string? path)
    {
        foreach (var body in (byte[][])[[0x0A, 0x7F], new byte[5001]])
        {
            if (path is null)
                await Assert.ThrowsAsync<RpcException>(() => ExportAsync("logs.v1.LogsService", body));
            else
                await PostAsync(source == "otlp_http" ? _otlp : _http, path, body, Protobuf);
        }

        Assert.Equal(1, await ValueAsync($"rejected_total{{signal=\"logs\",source=\"{source}\",reason=\"malformed\"}}"));
        Assert.Equal(1, await ValueAsync($"rejected_total{{signal=\"logs\",source=\"{source}\",reason=\"too_large\"}}"));
    }

    [Theory]
    [InlineData("loki_query", "/loki/api/v1/query?query=vector(1)")]
    [InlineData("loki_query_range", "/loki/api/v1/query_range?query={a=\"b\"}")]
    [InlineData("loki_labels", "/loki/api/v1/labels")]
    [InlineData("loki_labels", "/loki/api/v1/label")]
    [InlineData("loki_label_values", "/loki/api/v1/label/app/values")]
    [InlineData("loki_series", "/loki/api/v1/series")]
    [InlineData("loki_index_stats", "/loki/api/v1/index/stats?query={a=\"b\"}")]
    [InlineData("loki_detected_fields", "/loki/api/v1/detected_fields?query={a=\"b\"}")]
    [InlineData("jaeger_services", "/api/services")]
    [InlineData("jaeger_trace", "/api/traces/1")]
    public async Task Every_query_is_timed(string query, string path)
    {
        var series = $"query_duration_seconds_count{{query=\"{query}\"}}";
        Assert.Equal(0, await ValueAsync(series));
        using var answer = await _http.GetAsync(path);
        Assert.Equal(1, await ValueAsync(series));
    }

    [Fact]
    public async Task Who_follows_is_counted_with_the_lines()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-Api-Key", StoreHost.ApiKey);
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync(new($"{_store.Url.Replace("http", "ws", StringComparison.Ordinal)}/loki/api/v1/tail?query={{app=\"x\"}}"), bound.Token);
        await Eventually.True(async () => await ValueAsync("tail_followers") == 1 && await ValueAsync("query_duration_seconds_count{query=\"loki_tail\"}") == 1);

        await PostAsync(_http, "/loki/api/v1/push", Encoding.UTF8.GetBytes($$"""{"streams":[{"stream":{"app":"x"},"values":[["{{Now}}","one"]]}]}"""), Json);

        await Eventually.True(async () => await ValueAsync("tail_lines_total{result=\"sent\"}") == 1);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, bound.Token);
        await Eventually.True(async () => await ValueAsync("tail_followers") == 0);
    }

    private static string Nanos(DateTimeOffset time) => ((time - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);

    private static byte[] Logs(string line)
    {
        var record = new ProtoWriter().Fixed64(1, ulong.Parse(Now, CultureInfo.InvariantCulture)).Message(5, new ProtoWriter().Text(1, line));
        return new ProtoWriter().Message(1, new ProtoWriter().Message(2, new ProtoWriter().Message(2, record))).ToArray();
    }

    private static byte[] Trace()
    {
        var span = new ProtoWriter().Bytes(1, [.. Enumerable.Repeat((byte)1, 16)]).Bytes(2, [1, 2, 3, 4, 5, 6, 7, 8]).Text(5, "op").Fixed64(7, 1).Fixed64(8, 2);
        return new ProtoWriter().Message(1, new ProtoWriter().Message(2, new ProtoWriter().Message(2, span))).ToArray();
    }

    private static async Task PostAsync(HttpClient http, string path, byte[] body, string type)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new(type);
        using var answer = await http.PostAsync(path, content);
    }

    private async Task ExportAsync(string service, byte[] request)
    {
        using var channel = GrpcChannel.ForAddress(_store.GrpcUrl);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "opentelemetry.proto.collector." + service, "Export", Bytes, Bytes);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(new Metadata { { "x-api-key", StoreHost.ApiKey } }), request);
        await call;
    }

    private async Task<double> ValueAsync(string series)
    {
        var metrics = await _http.GetStringAsync("/metrics");
        var line = metrics.Split('\n').Single(l => l.StartsWith($"telemetry_store_{series} ", StringComparison.Ordinal));
        return double.Parse(line[line.LastIndexOf(' ')..], CultureInfo.InvariantCulture);
    }
}
