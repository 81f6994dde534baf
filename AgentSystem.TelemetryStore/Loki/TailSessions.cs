using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Telemetry;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary><c>tail</c>: the last lines of a query, and those that come, over a web socket.</summary>
internal sealed class TailSessions(ILogStore store, QueryEngine engine, IOptions<LokiOptions> options, TimeProvider time, IHostApplicationLifetime host,
    StoreInstruments instruments)
{
    private const int MaxDelay = 5, MaxEntriesPerMessage = 100;

    // Loki pings as often, so that it learns of clients that are gone.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(1);

    private int _open;

    internal async Task<IResult> FollowAsync(HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context);
        var expr = Parser.Parse(parameters.Query);
        var limit = parameters.Limit();
        var (start, _) = parameters.Bounds();
        var delay = Delay(parameters["delay_for"]);
        if (!context.WebSockets.IsWebSocketRequest)
            throw LokiException.BadRequest("Bad Request\nwebsocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header");

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = PingInterval });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
        try
        {
            instruments.Followers.Inc();
            if (Interlocked.Increment(ref _open) > options.Value.MaxConcurrentTails)
                throw new LogQlException($"max concurrent tail requests limit exceeded, count > limit ({_open} > {options.Value.MaxConcurrentTails})");
            if (expr is not LogExpr logs)
                throw new LogQlException("only log selector is supported");
            var hangUp = WaitForCloseAsync(socket, ending);
            await SendAsync(socket, new Tail(logs, start, limit, delay, new Answer(context, time).IsApart), ending.Token);
            await hangUp;
        }
        catch (LogQlException e)
        {
            await socket.CloseAsync(WebSocketCloseStatus.InternalServerError, Shorten(e.Message), CancellationToken.None);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The client has left, or we do.
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await CloseAsync(socket);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            instruments.Followers.Dec();
        }
        return Results.Empty;
    }

    private static async Task CloseAsync(WebSocket socket)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, bound.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // It was a courtesy.
        }
    }

    // What a web socket can say at its end has to fit into 123 bytes.
    private static string Shorten(string message) => Encoding.UTF8.GetByteCount(message) <= 123 ? message : message[..40] + "…";

    private static TimeSpan Delay(string text)
    {
        if (text.Length == 0)
            return TimeSpan.Zero;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            throw LokiException.BadRequest($"strconv.Atoi: parsing {GoText.Quote(text)}: invalid syntax");
        return seconds is >= 0 and <= MaxDelay ? TimeSpan.FromSeconds(seconds) : throw LokiException.BadRequest($"delay_for can't be greater than {MaxDelay}");
    }

    private sealed record Tail(LogExpr Logs, long Start, int Limit, TimeSpan Delay, bool IsApart);

    private async Task SendAsync(WebSocket socket, Tail tail, CancellationToken cancellationToken)
    {
        // Following begins before the past is read, so that nothing falls in between; what comes twice is sent once.
        await using var followed = store.FollowAsync(tail.Logs.Matchers, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = followed.MoveNextAsync();
        IReadOnlyList<ResultLine> past;
        using (instruments.Query(LokiExtensions.Tail))
        {
            past = engine.Lines(
                tail.Logs, new(tail.Start, RequestParameters.Nanos(time.GetUtcNow()) + 1), new(tail.Limit, Backward: true), new(), cancellationToken);
        }
        var sent = past.Select(l => (l.TimestampNanos, l.Line, l.All, l.Number)).ToHashSet();
        await SendAsync(socket, [.. past.Reverse()], [], tail, cancellationToken);

        var reader = new LineReader(tail.Logs);
        while (await next)
        {
            var entries = followed.Current.Entries;
            var dropped = followed.Current.Dropped.Select(reader.Read).OfType<ResultLine>().ToArray();
            next = followed.MoveNextAsync();
            var lines = entries.Select(reader.Read).OfType<ResultLine>().Where(l => !sent.Remove((l.TimestampNanos, l.Line, l.All, l.Number)))
                .OrderBy(l => l.TimestampNanos).ToArray();
            if (lines.Length + dropped.Length == 0)
                continue;
            if (tail.Delay > TimeSpan.Zero)
                await Task.Delay(tail.Delay, time, cancellationToken);
            await SendAsync(socket, lines, dropped, tail, cancellationToken);
        }
    }

    private async Task SendAsync(
        WebSocket socket, ResultLine[] lines, ResultLine[] dropped, Tail tail, CancellationToken cancellationToken)
    {
        // What was lost is told with what comes next, and alone where nothing of that is wanted.
        foreach (var message in lines.Length == 0 && dropped.Length > 0 ? [[]] : lines.Chunk(MaxEntriesPerMessage))
        {
            await socket.SendAsync(Message(message, dropped, tail), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            instruments.Followed(message.Length, dropped.Length);
            dropped = [];
        }
    }

    /// <summary>Each line is a stream of its own, as Loki sends them.</summary>
    private static ReadOnlyMemory<byte> Message(ResultLine[] lines, ResultLine[] dropped, Tail tail)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WritePropertyName("streams");
        Answer.WriteStreams(writer, [.. lines.Select(l => new LabelledLines(tail.IsApart ? l.Stream : l.All, [l]))], tail.IsApart);
        if (dropped.Length > 0)
        {
            writer.WriteStartArray("dropped_entries");
            foreach (var line in dropped)
            {
                writer.WriteStartObject();
                writer.WriteString("timestamp", line.TimestampNanos.ToString(CultureInfo.InvariantCulture));
                Answer.WriteLabels(writer, "labels", (tail.IsApart ? line.Stream : line.All).Labels);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        if (tail.IsApart)
        {
            writer.WriteStartArray("encodingFlags");
            writer.WriteStringValue("categorize-labels");
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static async Task WaitForCloseAsync(WebSocket socket, CancellationTokenSource ending)
    {
        var buffer = new byte[1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer, ending.Token)).MessageType is not WebSocketMessageType.Close)
            {
                // Clients have nothing to say here.
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // It ends either way.
        }
        await ending.CancelAsync();
    }
}
