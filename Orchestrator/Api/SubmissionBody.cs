using System.Text.Json;
using System.Text.Unicode;
using AgentSystem.Protocol;

namespace AgentSystem.Orchestrator.Api;

/// <summary>Reads the body of <c>POST /tasks</c> as JSON, within bounds.</summary>
internal static class SubmissionBody
{
    internal const int MaxBytes = 64 << 20;

    // What is accepted is written again, one level deeper, into the dead letter; it has to stay within the protocol's 64 there.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 62, AllowDuplicateProperties = false };

    /// <exception cref="BadInputException">It is not JSON, or too much of it.</exception>
    internal static async Task<JsonDocument> ReadAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType())
            throw new BadInputException(StatusCodes.Status415UnsupportedMediaType, "The body has to be JSON.", "Send the header 'Content-Type: application/json'.");
        if (request.ContentLength > MaxBytes)
            throw TooLarge();

        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        var buffer = new byte[64 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
        {
            if (body.Length + read > MaxBytes)
                throw TooLarge();
            body.Write(buffer, 0, read);
        }
        return Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty)
            throw new BadInputException(StatusCodes.Status400BadRequest, "The body is empty.", "Send one task as a JSON object, or an array of them.");
        if (!Utf8.IsValid(utf8.Span))
            throw new BadInputException(StatusCodes.Status400BadRequest, "The body is not UTF-8 text.", "Encode it as UTF-8.");
        if (!JsonText.IsWhole(utf8.Span))
            throw new BadInputException(StatusCodes.Status400BadRequest, "The body holds something that is not text.", $"In JSON, {JsonText.Problem}.");
        try
        {
            return JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                StatusCodes.Status400BadRequest, "The body is not valid JSON.", Where(e) + Reason(e));
        }
    }

    private static BadInputException TooLarge() => new(
        StatusCodes.Status413PayloadTooLarge,
        "The request is too large.",
        $"At most {MaxBytes >> 20} MiB and {ProtocolLimits.BatchSize:N0} tasks go into one request. Split it, and put large input into files that the payloads name.");

    private static string Where(JsonException error) =>
        error.LineNumber is { } line ? $"Line {line + 1}, byte {error.BytePositionInLine + 1}: " : "";

    // The position is said before, counted from 1.
    private static string Reason(JsonException error) =>
        error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal) is var cut and > 0 ? error.Message[..cut] : error.Message;
}
