using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.TelemetryStore.Storage;

/// <summary>What was acknowledged is there after <c>kill -9</c>, in a process of its own and at full rate.</summary>
public sealed class KillTests
{
    private const int Rounds = 20, Senders = 4, SpansPerRequest = 50;

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_missing_after_twenty_kills()
    {
        using var folder = new TempFolder();
        var acknowledged = new List<UInt128>();
        for (var round = 0; round < Rounds; round++)
        {
            var before = acknowledged.Count;
            var port = FreePort();
            using var store = Start(folder, port);
            try
            {
                using var http = StoreHost.NewClient($"http://127.0.0.1:{port}");
                await Eventually.True(async () => (await http.GetAsync("/health")).IsSuccessStatusCode, TimeSpan.FromSeconds(60));
                var senders = Enumerable.Range(0, Senders).Select(sender => SendAsync(http, (round * Senders + sender + 1) * 1_000_000L, acknowledged)).ToList();
                await Eventually.True(() => Count(acknowledged) > before + 40 + round * 3, TimeSpan.FromSeconds(60));
                store.Kill();
                await Task.WhenAll(senders);
            }
            finally
            {
                store.Kill();
                await store.WaitForExitAsync();
            }
        }

        using var opened = new OpenStore(folder);
        Assert.All(acknowledged, id => Assert.Equal(SpansPerRequest, opened.Traces.Find(id)?.Resources.Sum(r => r.Scopes.Sum(s => s.Items.Count))));
        var lines = opened.Logs.Select(new([], 0, long.MaxValue), default).Select(e => UInt128.Parse(e.Line, null)).ToHashSet();
        Assert.Empty(acknowledged.Except(lines));
    }

    // Sends until the connection breaks: a trace, and a line with the same number.
    private static async Task SendAsync(HttpClient http, long first, List<UInt128> acknowledged)
    {
        for (var id = (UInt128)first; ; id++)
        {
            try
            {
                if (!await PostAsync(http, "/v1/traces", Trace(id)) || !await PostAsync(http, "/v1/logs", Line(id)))
                    continue;
            }
            catch (HttpRequestException)
            {
                return;
            }
            lock (acknowledged)
                acknowledged.Add(id);
        }
    }

    private static async Task<bool> PostAsync(HttpClient http, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/x-protobuf");
        using var response = await http.PostAsync(path, content);
        return response.IsSuccessStatusCode;
    }

    private static byte[] Trace(UInt128 id)
    {
        var (trace, scope) = (new byte[16], new ProtoWriter());
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(trace, id);
        for (byte i = 1; i <= SpansPerRequest; i++)
            scope.Message(2, new ProtoWriter().Bytes(1, trace).Bytes(2, [1, 2, 3, 4, 5, 6, 7, i]).Text(5, "op").Fixed64(7, 1).Fixed64(8, 2));
        return new ProtoWriter().Message(1, new ProtoWriter().Message(2, scope)).ToArray();
    }

    private static byte[] Line(UInt128 id)
    {
        var record = new ProtoWriter().Fixed64(1, (ulong)id).Message(5, new ProtoWriter().Text(1, id.ToString(null, null)));
        return new ProtoWriter().Message(1, new ProtoWriter().Message(2, new ProtoWriter().Message(2, record))).ToArray();
    }

    private static Process Start(TempFolder folder, int port)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "AgentSystem.TelemetryStore.dll");
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["API_KEY"] = StoreHost.ApiKey,
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["TelemetryStore__Folder"] = folder["telemetry"],
                ["TelemetryStore__OtlpGrpcUrl"] = "off",
                ["TelemetryStore__OtlpHttpUrl"] = $"http://127.0.0.1:{port}",
                ["TelemetryStore__RetentionBytes"] = (64 << 20).ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static int Count(List<UInt128> list)
    {
        lock (list)
            return list.Count;
    }
}
