using System.IO.Compression;
using System.Net;
using System.Text;
using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Loki;
using CsCheck;

namespace AgentSystem.Tests.TelemetryStore.Loki;

public sealed class PushTests : IAsyncLifetime
{
    private static readonly long Now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;

    private LokiHost _host = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await LokiHost.StartAsync();
        _client = _host.NewClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_pushed_line_gets_a_service_name_and_a_level()
    {
        var answer = await PushAsync($$"""{"streams":[{"stream":{"app":"shop"},"values":[["{{Now}}","level=error it broke",{"trace.id":"abc"}]]}]}""");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var entry = Assert.Single(Stored());
        Assert.Equal("""{app="shop", service_name="shop"}""", new LabelSet(entry.Stream).ToString());
        Assert.Equal("""{detected_level="error", trace_id="abc"}""", new LabelSet(entry.Metadata).ToString());
    }

    [Fact]
    public async Task What_names_no_service_belongs_to_an_unknown_one()
    {
        await PushAsync($$"""{"streams":[{"stream":{"x":"y","empty":""},"values":[["{{Now}}","hello"]]}]}""");

        Assert.Equal("""{service_name="unknown_service", x="y"}""", new LabelSet(Assert.Single(Stored()).Stream).ToString());
    }

    [Fact]
    public async Task Snappy_protobuf_is_taken()
    {
        // PushRequest{streams{labels, entries{timestamp{seconds, nanos}, line, structuredMetadata{name, value}}}}
        var seconds = Now / 1_000_000_000;
        var entry = Message(1, [.. Varint(1, (ulong)seconds), .. Varint(2, 5)]).Concat(Message(2, "a line"u8.ToArray()))
            .Concat(Message(3, [.. Message(1, "k"u8.ToArray()), .. Message(2, "v"u8.ToArray())])).ToArray();
        var body = Message(1, [.. Message(1, Encoding.UTF8.GetBytes("""{job="batch", b="c"}""")), .. Message(2, entry)]);

        using var content = LokiHost.Content(SnappyLiteral(body), "application/x-protobuf", "snappy");
        using var answer = await _client.PostAsync("/loki/api/v1/push", content);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var stored = Assert.Single(Stored());
        Assert.Equal((seconds * 1_000_000_000) + 5, stored.TimestampNanos);
        Assert.Equal("a line", stored.Line);
        Assert.Equal("""{b="c", job="batch", service_name="batch"}""", new LabelSet(stored.Stream).ToString());
        Assert.Equal("v", stored.Metadata.ValueOf("k"));
    }

    [Fact]
    public async Task Gzipped_json_is_taken()
    {
        var json = Encoding.UTF8.GetBytes($$"""{"streams":[{"stream":{"app":"zip"},"values":[["{{Now}}","packed"]]}]}""");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(json);

        using var content = LokiHost.Content(packed.ToArray(), "application/json", "gzip");
        using var answer = await _client.PostAsync("/loki/api/v1/push", content);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("packed", Assert.Single(Stored()).Line);
    }

    [Fact]
    public async Task The_good_lines_of_a_bad_request_are_kept()
    {
        var old = Now - (long)TimeSpan.FromDays(8).TotalSeconds * 1_000_000_000;
        using var answer = await PushAsync($$"""{"streams":[{"stream":{"app":"mixed"},"values":[["{{Now}}","good"],["{{old}}","old"]]}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("""entry for stream '{app="mixed", service_name="mixed"}' has timestamp too old: """, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("good", Assert.Single(Stored()).Line);
    }

    [Fact]
    public async Task A_metadata_name_without_a_letter_is_a_fault_as_in_Loki_and_nothing_is_kept()
    {
        using var answer = await PushAsync($$$"""{"streams":[{"stream":{"app":"x"},"values":[["{{{Now}}}","good"],["{{{Now}}}","bad",{"名前":"x"}]]}]}""");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("normalization for label name \"名前\" resulted in invalid name \"_\"\n", await answer.Content.ReadAsStringAsync());
        Assert.Empty(Stored());
    }

    [Theory]
    [InlineData("""{"streams":[]}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("""{"streams":[{"stream":{"app":"x"},"values":[[1,"number for a time"]]}]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"streams":[{"stream":{"a-b":"x"},"values":[["1","bad name"]]}]}""", HttpStatusCode.BadRequest)]
    public async Task A_body_that_is_no_push_request_is_refused(string body, HttpStatusCode status)
    {
        using var answer = await PushAsync(body);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public void Snappy_unpacks_copies_that_overlap()
    {
        // "abc", then 9 bytes from 3 back: the copy reads what it writes.
        byte[] block = [12, 0b000010_00, (byte)'a', (byte)'b', (byte)'c', 0b000_101_01, 3];
        Assert.Equal("abcabcabcabc", Encoding.ASCII.GetString(Snappy.Unpack(block, 100)));
    }

    [Fact]
    public void Any_bytes_are_a_snappy_block_or_an_error() => Gen.Byte.Array[0, 40].Sample(
        bytes =>
        {
            try
            {
                Assert.True(Snappy.Unpack(bytes, 1000).Length <= 1000);
            }
            catch (InvalidDataException)
            {
                // That is the other possibility.
            }
        },
        iter: 5000);

    [Fact]
    public void Literals_of_any_length_unpack() => Gen.Byte.Array[0, 300].Sample(bytes => Assert.Equal(bytes, Snappy.Unpack(SnappyLiteral(bytes), 1000)), iter: 300);

    private IEnumerable<LogEntry> Stored() => _host.Store.Select(new([], 0, long.MaxValue), CancellationToken.None);

    private async Task<HttpResponseMessage> PushAsync(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await _client.PostAsync("/loki/api/v1/push", content);
    }

    private static byte[] Message(int field, byte[] value) => [.. Bare((ulong)((field << 3) | 2)), .. Bare((ulong)value.Length), .. value];

    private static byte[] Varint(int field, ulong value) => [.. Bare((ulong)(field << 3)), .. Bare(value)];

    private static List<byte> Bare(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }

    /// <summary>A block without copies: every packer may make one.</summary>
    private static byte[] SnappyLiteral(byte[] bytes) => bytes.Length == 0
        ? [0]
        : [.. Bare((ulong)bytes.Length), 61 << 2, (byte)(bytes.Length - 1), (byte)((bytes.Length - 1) >> 8), .. bytes];
}
