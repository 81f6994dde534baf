using System.IO.Compression;
using AgentSystem.TelemetryStore.Ingest;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Storage;
using AgentSystem.TelemetryStore.Telemetry;
using Microsoft.Extensions.Options;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>
/// Takes OTLP logs at Loki's own <c>/otlp/v1/logs</c>, to which the collector's exporter sends them (pkg/loghttp/push/otlp.go). Unlike the
/// store's OTLP port it holds lines to Loki's limits, and answers as Loki does: nothing, or a status without a code.
/// </summary>
internal sealed class OtlpReceiver(LogIntake intake, IOptions<LokiOptions> options, TimeProvider time)
{
    private const string Protobuf = "application/x-protobuf", Json = "application/json";

    internal async Task<IResult> ReceiveAsync(HttpContext context)
    {
        try
        {
            var errors = await intake.TakeAsync(Sources.LokiOtlp, () => ReadAsync(context.Request), context.RequestAborted);
            return errors.Count == 0 ? Results.NoContent() : Failed(context, StatusCodes.Status400BadRequest, EntryRules.Summarize(errors));
        }
        catch (LokiException e)
        {
            return Failed(context, e.StatusCode, e.Message.TrimEnd('\n'));
        }
        catch (OtlpFormatException e)
        {
            return Failed(context, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (StoreBusyException e)
        {
            return Failed(context, StatusCodes.Status429TooManyRequests, e.Message);
        }
        catch (StoreException e)
        {
            return Failed(context, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
    }

    private async Task<(IReadOnlyList<LogEntry>, long)> ReadAsync(HttpRequest request)
    {
        var type = request.ContentType;
        var body = await RequestBody.ReadAsync(request, Unpack, options.Value.MaxPushBytes);
        if (type is not (Protobuf or Json))
            throw LokiException.BadRequest($"content type: {type} is not supported");
        var records = OtlpProto.Logs(type == Json ? OtlpJson.Logs(body.Span) : body);
        var entries = OtlpLogs.Convert(records, RequestParameters.Nanos(time.GetUtcNow()), LokiNames.OfAttribute);
        return entries.Count > 0
            ? (entries, body.Length)
            : throw new LokiException(StatusCodes.Status422UnprocessableEntity, "error at least one valid stream is required for ingestion");
    }

    private static Stream Unpack(string encoding, Stream body) => encoding switch
    {
        "" => body,
        "gzip" => new GZipStream(body, CompressionMode.Decompress),
        "lz4" or "zstd" => throw LokiException.BadRequest($"content encoding {encoding} is not supported by this store: send gzip or none"),
        _ => throw LokiException.BadRequest($"unsupported content encoding {encoding}: only gzip, lz4 and zstd are supported"),
    };

    private static IResult Failed(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return Results.Bytes(RpcStatus.Binary(0, message, retryAfter: null), "application/octet-stream");
    }
}
