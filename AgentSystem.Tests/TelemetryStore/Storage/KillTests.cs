using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Traces;
using AgentSystem.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.TelemetryStore.Storage;

/// <summary>
/// What was acknowledged is there after <c>kill -9</c>, in a process of its own and at full rate: several connections for each way in send as
/// fast as they are answered, while a log file is written and rotated.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const int Rounds = 20, Connections = 2, SpansPerRequest = 100, LinesPerRequest = 200, FileLines = 4000;

    private static readonly long Now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;

    private readonly TempFolder _folder = new();
    private readonly ConcurrentBag<long> _spans = [], _logs = [], _pushed = [];
    private long _next;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_missing_after_twenty_kills()
    {
        Directory.CreateDirectory(_folder["shared", "logs"]);
        for (var round = 0; round < Rounds; round++)
        {
            var wanted = new[] { _spans, _logs, _pushed }.Select(bag => (Bag: bag, Count: bag.Count + 10 + 3 * round)).ToList();
            using var store = await StoreProcess.StartAsync(_folder,
                ("TelemetryStore__RetentionBytes", "268435456"), ("TelemetryStore__SweepInterval", "00:00:00.020"));
            using var otlp = StoreHost.NewClient(store.OtlpUrl);
            using var loki = StoreHost.NewClient(store.Url);
            var senders = Enumerable.Range(0, Connections).SelectMany(_ => new[]
            {
                SendAsync(otlp, "/v1/traces", "application/x-protobuf", Trace, _spans),
                SendAsync(otlp, "/v1/logs", "application/x-protobuf", Logs, _logs),
                SendAsync(loki, "/loki/api/v1/push", "application/json", Push, _pushed),
            }).ToList();
            var file = WriteFileAsync(round);
            await Eventually.True(() => wanted.TrueForAll(w => w.Bag.Count >= w.Count), TimeSpan.FromSeconds(60));

            await store.KillAsync();
            await Task.WhenAll([file, .. senders]);
        }

        await using var opened = await StoreHost.StartAsync(_folder, ("TelemetryStore:RetentionBytes", "268435456"), ("TelemetryStore:SweepInterval", "00:00:00.020"));
        var traces = opened.Services.GetRequiredService<ITraceStore>();
        Assert.All(_spans, id => Assert.Equal(SpansPerRequest, traces.Find((UInt128)id)?.Resources.Sum(r => r.Scopes.Sum(s => s.Items.Count))));
        var lines = opened.Services.GetRequiredService<ILogStore>();
        var counts = lines.Select(new([new("service_name", LabelMatch.NotEqual, "agent")], 0, long.MaxValue), default)
            .CountBy(entry => long.Parse(entry.Line.AsSpan(0, entry.Line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture)).ToDictionary();
        Assert.All(_logs.Concat(_pushed), id => Assert.Equal(LinesPerRequest, counts.GetValueOrDefault(id)));
        // A file is never acknowledged, so all of it has to be there, each line as often as it was written.
        var ofFile = await Eventually.Get(
            () => Task.FromResult(lines.Select(new([new("service_name", LabelMatch.Equal, "agent")], 0, long.MaxValue), default).CountBy(e => e.Line).ToList()),
            counted => counted.Sum(c => c.Value) >= Rounds * FileLines, TimeSpan.FromSeconds(60));
        Assert.Equal(Rounds * FileLines / 2, ofFile.Count);
        Assert.All(ofFile, line => Assert.Equal(2, line.Value));
    }

    // Sends until the connection breaks.
    private async Task SendAsync(HttpClient http, string path, string type, Func<long, byte[]> body, ConcurrentBag<long> acknowledged)
    {
        while (true)
        {
            var id = Interlocked.Increment(ref _next);
            try
            {
                using var content = new ByteArrayContent(body(id));
                content.Headers.ContentType = new(type);
                using var response = await http.PostAsync(path, content);
                if (response.IsSuccessStatusCode)
                    acknowledged.Add(id);
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    /// <summary>Each line twice, and the file is rotated in between.</summary>
    private async Task WriteFileAsync(int round)
    {
        var path = _folder["shared", "logs", "agent.jsonl"];
        for (var half = 0; half < 2; half++)
        {
            await using (var writer = new StreamWriter(path, append: true))
                for (var i = 0; i < FileLines / 2; i++)
                    await writer.WriteAsync($$"""{"timestamp":"2026-11-24T09:00:{{round:00}}Z","n":"{{round}}-{{half}}-{{i / 2}}"}""" + "\n");
            if (half == 0)
                File.Move(path, $"{path}.{round}");
        }
    }

    private static byte[] Trace(long id)
    {
        var (trace, scope) = (new byte[16], new ProtoWriter());
        BinaryPrimitives.WriteUInt128BigEndian(trace, (UInt128)id);
        for (byte i = 1; i <= SpansPerRequest; i++)
            scope.Message(2, new ProtoWriter().Bytes(1, trace).Bytes(2, [1, 2, 3, 4, 5, 6, 7, i]).Text(5, "op").Fixed64(7, (ulong)Now).Fixed64(8, (ulong)Now + 1));
        return new ProtoWriter().Message(1, new ProtoWriter().Message(2, scope)).ToArray();
    }

    private static byte[] Logs(long id)
    {
        var scope = new ProtoWriter();
        for (var i = 0; i < LinesPerRequest; i++)
            scope.Message(2, new ProtoWriter().Fixed64(1, (ulong)(Now + i)).Message(5, new ProtoWriter().Text(1, $"{id} line {i}")));
        return new ProtoWriter().Message(1, new ProtoWriter().Message(2, scope)).ToArray();
    }

    private static byte[] Push(long id)
    {
        var values = string.Join(',', Enumerable.Range(0, LinesPerRequest).Select(i => $"[\"{Now + i}\",\"{id} line {i}\"]"));
        return Encoding.UTF8.GetBytes($$"""{"streams":[{"stream":{"app":"pushed"},"values":[{{values}}]}]}""");
    }
}
