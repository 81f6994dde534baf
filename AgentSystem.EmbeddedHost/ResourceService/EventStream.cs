using System.Buffers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.ResourceService;

/// <summary>Answers a request with server-sent events, until there are no more, the client goes or the host stops.</summary>
/// <remarks>https://html.spec.whatwg.org/multipage/server-sent-events.html</remarks>
internal static class EventStream
{
    public static async Task WriteAsync<T>(
        HttpContext http, string type, Func<CancellationToken, IAsyncEnumerable<T>> items, JsonSerializerOptions json,
        CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache, no-store";
        try
        {
            // The client knows that it is heard, even if nothing happens for long.
            await http.Response.StartAsync(over.Token).ConfigureAwait(false);
            await SseFormatter.WriteAsync(EventsAsync(over.Token), http.Response.Body, Write, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Nobody listens any more, or nothing more will be said.
        }

        void Write(SseItem<T> item, IBufferWriter<byte> buffer)
        {
            using var writer = new Utf8JsonWriter(buffer);
            JsonSerializer.Serialize(writer, item.Data, json);
        }

        async IAsyncEnumerable<SseItem<T>> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var item in items(cancellationToken).ConfigureAwait(false))
                yield return new(item, type);
        }
    }
}
