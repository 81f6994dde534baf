using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentSystem.ServiceDefaults.Backends;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Logs;

/// <summary>Follows a query: Loki's <c>tail</c>, a web socket from this process, so that a browser needs no way to Loki and no key.</summary>
public sealed class LogTail(IHttpClientFactory clients)
{
    private const int MaxMessage = 16 << 20;

    /// <summary>The lines as they come, oldest first in each batch, beginning with the newest that there are; first of all none, once Loki follows.</summary>
    /// <param name="query">LogQL that selects lines.</param>
    /// <param name="limit">How many of those that there are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WebSocketException">Loki does not answer, or does not accept the query.</exception>
    /// <exception cref="InvalidOperationException">There is no Loki, or it said something that is not its language.</exception>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> FollowAsync(string query, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(Backend.Loki.ToString());
        if (http.BaseAddress is not { } address)
            throw new InvalidOperationException($"This run has no Loki: {Backend.Loki.Setting()} is not set.");
        using var socket = new ClientWebSocket();
        foreach (var (name, values) in http.DefaultRequestHeaders)
            socket.Options.SetRequestHeader(name, string.Join(',', values));
        var uri = new UriBuilder(new Uri(address, $"loki/api/v1/tail?query={Uri.EscapeDataString(query)}&limit={limit}"));
        uri.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        await ConnectAsync(socket, uri.Uri, http.Timeout, cancellationToken);
        yield return [];
        using var message = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
                throw new WebSocketException(socket.CloseStatusDescription is { Length: > 0 } why ? why : "Loki has ended the tail.");
            message.Write(buffer, 0, received.Count);
            if (message.Length > MaxMessage)
                throw new InvalidOperationException("Loki sent more at once than can be shown.");
            if (!received.EndOfMessage)
                continue;
            var lines = Read(message.GetBuffer().AsSpan(0, (int)message.Length));
            message.SetLength(0);
            if (lines.Count > 0)
                yield return lines;
        }
    }

    private static async Task ConnectAsync(ClientWebSocket socket, Uri uri, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await socket.ConnectAsync(uri, limit.Token);
        }
        catch (Exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new WebSocketException($"No answer within {patience.TotalSeconds:0} s.");
        }
    }

    /// <summary>Reads a message, <c>{"streams":[{"stream":{…},"values":[["nanoseconds","line"]]}]}</c>.</summary>
    /// <exception cref="InvalidOperationException">It is none.</exception>
    public static IReadOnlyList<LogLine> Read(ReadOnlySpan<byte> message)
    {
        try
        {
            var streams = JsonSerializer.Deserialize(message, LogTailJson.Default.TailMessage)?.Streams ?? [];
            return [.. streams.SelectMany(LokiClient.Lines).OrderBy(line => line.At)];
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidOperationException($"Loki said something that cannot be read: {e.Message}");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TailMessage))]
internal sealed partial class LogTailJson : JsonSerializerContext;

internal sealed record TailMessage(IReadOnlyList<LokiResult>? Streams);
