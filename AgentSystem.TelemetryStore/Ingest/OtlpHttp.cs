using System.IO.Compression;
using System.Text.Json;
using AgentSystem.TelemetryStore.Telemetry;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace AgentSystem.TelemetryStore.Ingest;

/// <summary>OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp): protobuf or JSON, plain or gzip.</summary>
internal static class OtlpHttp
{
    private const string Protobuf = "application/x-protobuf", Json = "application/json";

    internal static void MapOtlpHttp(this IEndpointRouteBuilder endpoints)
    {
        Map("/v1/traces", Signal.Traces);
        Map("/v1/logs", Signal.Logs);
        Map("/v1/metrics", Signal.Metrics);

        void Map(string path, Signal signal) => endpoints.MapPost(path, (HttpContext context, OtlpIntake intake) => TakeAsync(context, intake, signal));
    }

    private static async Task TakeAsync(HttpContext context, OtlpIntake intake, Signal signal)
    {
        var type = MediaType(context.Request.ContentType);
        if (type is not (Protobuf or Json))
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, intake.Malformed(signal, Sources.OtlpHttp, $"Send {Protobuf} or {Json}."), Protobuf);
            return;
        }
        try
        {
            using var request = await ReadAsync(context, intake, signal);
            var result = await intake.TakeAsync(signal, Sources.OtlpHttp, request.Written, isJson: type == Json);
            await AnswerAsync(context, StatusCodes.Status200OK, type, type == Json ? ResponseJson(signal, result) : result.Response());
        }
        catch (IntakeException e)
        {
            await RefuseAsync(context, StatusOf(e), e, type);
        }
    }

    private static async Task<PooledBody> ReadAsync(HttpContext context, OtlpIntake intake, Signal signal)
    {
        // Our own limit is the one that counts: it has an answer that OTLP's clients understand.
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        var encoding = context.Request.Headers.ContentEncoding;
        var body = encoding.ToString().ToLowerInvariant() switch
        {
            "" or "identity" => context.Request.Body,
            "gzip" => new GZipStream(context.Request.Body, CompressionMode.Decompress),
            _ => throw intake.Malformed(signal, Sources.OtlpHttp, $"The content encoding '{encoding}' is not known; send gzip or none."),
        };
        if (context.Request.ContentLength > intake.MaxBytes)
            throw intake.TooLarge(signal, Sources.OtlpHttp);
        var request = new PooledBody((int)(context.Request.ContentLength ?? 0));
        try
        {
            while (await body.ReadAsync(request.Room, context.RequestAborted) is > 0 and var read)
            {
                request.Advance(read);
                if (request.Written.Length > intake.MaxBytes)
                    throw intake.TooLarge(signal, Sources.OtlpHttp);
            }
            return request;
        }
        catch (Exception e)
        {
            request.Dispose();
            if (e is InvalidDataException)
                throw intake.Malformed(signal, Sources.OtlpHttp, $"The body is no gzip: {e.Message}", e);
            throw;
        }
    }

    private static async Task RefuseAsync(HttpContext context, int status, IntakeException error, string type)
    {
        if (error.RetryAfter is { } delay)
            context.Response.Headers.RetryAfter = new StringValues(Math.Max(1, (int)delay.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        var body = type == Json ? RpcStatus.Json((int)error.Code, error.Message) : RpcStatus.Binary((int)error.Code, error.Message, error.RetryAfter);
        await AnswerAsync(context, status, type, body);
    }

    private static async Task AnswerAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static int StatusOf(IntakeException error) => error.Code switch
    {
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.ResourceExhausted => error.RetryAfter is null ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static byte[] ResponseJson(Signal signal, IntakeResult result)
    {
        if (result.Message is null)
            return "{\"partialSuccess\":{}}"u8.ToArray();
        var rejected = signal switch { Signal.Traces => "rejectedSpans", Signal.Logs => "rejectedLogRecords", _ => "rejectedDataPoints" };
        // A 64-bit integer is text in protobuf's JSON.
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["partialSuccess"] = new Dictionary<string, string>
            {
                [rejected] = result.Rejected.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["errorMessage"] = result.Message,
            },
        });
    }

    private static string MediaType(string? contentType) => (contentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
}
