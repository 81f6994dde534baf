using Microsoft.AspNetCore.Http.Features;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>Reads what is pushed.</summary>
internal static class RequestBody
{
    /// <summary>The whole body, unpacked.</summary>
    /// <param name="request">The request.</param>
    /// <param name="unpack">Makes a stream of the body that unpacks it, by its content encoding.</param>
    /// <param name="maxBytes">How long it may be.</param>
    /// <exception cref="LokiException">It is longer (413), or not packed as it says (400).</exception>
    internal static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, Func<string, Stream, Stream> unpack, int maxBytes)
    {
        // The limit is ours, with Loki's status.
        request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        var encoding = request.Headers.ContentEncoding.ToString();
        await using var body = unpack(encoding, request.Body);
        using var buffer = new MemoryStream();
        var chunk = new byte[81920];
        try
        {
            for (int read; (read = await body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0;)
            {
                buffer.Write(chunk, 0, read);
                if (buffer.Length > maxBytes)
                    throw new LokiException(StatusCodes.Status413PayloadTooLarge, $"request body too large: message size larger than max ({maxBytes})\n");
            }
        }
        catch (InvalidDataException e)
        {
            throw LokiException.BadRequest($"{encoding}: {e.Message}\n");
        }
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }
}
