using System.IO.Compression;
using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;
using AgentSystem.TelemetryStore.Telemetry;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>Takes lines at <c>push</c>: JSON, or protobuf packed with Snappy. What is good of a request that can be read is kept, and the rest is a 400.</summary>
internal sealed class PushReceiver(LogIntake intake, IOptions<LokiOptions> options)
{
    private const string ServiceName = "service_name", UnknownService = "unknown_service";

    /// <summary>Labels that name the service when <c>service_name</c> is missing, the first one found.</summary>
    internal static readonly string[] ServiceLabels =
    [
        "service", "app", "application", "app_name", "name", "app_kubernetes_io_name", "container", "container_name",
        "k8s_container_name", "component", "workload", "job", "k8s_job_name",
    ];

    internal async Task<IResult> ReceiveAsync(HttpContext context)
    {
        var errors = await intake.TakeAsync(Sources.LokiPush, () => ReadAsync(context.Request), context.RequestAborted);
        return errors.Count == 0 ? Results.NoContent() : throw LokiException.BadRequest(EntryRules.Summarize(errors) + "\n");
    }

    private async Task<(IReadOnlyList<LogEntry>, long)> ReadAsync(HttpRequest request)
    {
        var body = await RequestBody.ReadAsync(request, Unpack, options.Value.MaxPushBytes);
        var isJson = IsJson(request);
        var message = isJson ? body : UnpackSnappy(body.Span);
        var streams = isJson ? PushFormats.ReadJson(message) : PushFormats.ReadProto(message.Span);
        if (streams.Count == 0)
            throw new LokiException(StatusCodes.Status422UnprocessableEntity, "error at least one valid stream is required for ingestion\n");
        return ([.. streams.SelectMany(Entries)], message.Length);
    }

    private static bool IsJson(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        ? type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        : throw LokiException.BadRequest("mime: no media type\n");

    private static Stream Unpack(string encoding, Stream body) => encoding switch
    {
        "" or "snappy" => body,
        "gzip" => new GZipStream(body, CompressionMode.Decompress),
        "deflate" => new DeflateStream(body, CompressionMode.Decompress),
        _ => throw LokiException.BadRequest($"Content-Encoding {GoText.Quote(encoding)} not supported\n"),
    };

    private byte[] UnpackSnappy(ReadOnlySpan<byte> body)
    {
        try
        {
            return Snappy.Unpack(body, options.Value.MaxPushBytes);
        }
        catch (InvalidDataException e)
        {
            throw LokiException.BadRequest(e.Message + "\n");
        }
    }

    private static IEnumerable<LogEntry> Entries(PushedStream pushed)
    {
        var stream = WithServiceName(pushed.Labels).Labels;
        return pushed.Lines.Select(line => new LogEntry(line.TimestampNanos, line.Line, stream, Metadata(line, stream)));
    }

    private static LabelSet WithServiceName(IReadOnlyList<Label> pushed)
    {
        var labels = new LabelSet(pushed.Where(l => l.Value.Length > 0));
        if (labels[ServiceName] is not null)
            return labels;
        return labels.With(ServiceName, ServiceLabels.Select(name => labels[name]).FirstOrDefault(value => value is not null) ?? UnknownService);
    }

    private static IReadOnlyList<Label> Metadata(PushedLine line, IReadOnlyList<Label> stream)
    {
        var metadata = new Dictionary<string, string>();
        foreach (var label in line.Metadata)
        {
            var name = Name(label.Name);
            if (label.Value.Length > 0)
                metadata[name] = label.Value.Replace('\uFFFD', ' ');
        }
        var named = metadata.Select(m => new Label(m.Key, m.Value)).ToArray();
        metadata[DetectedLevel.Name] = metadata.TryGetValue(DetectedLevel.Name, out var level)
            ? DetectedLevel.Normalize(level)
            : DetectedLevel.Of(line.Line, stream, named);
        return new LabelSet(metadata.Select(m => new Label(m.Key, m.Value))).Labels;
    }

    // For Loki it is a fault of its own, and nothing of the request is kept (pkg/distributor/distributor.go).
    private static string Name(string name)
    {
        try
        {
            return LokiNames.Of(name);
        }
        catch (OtlpFormatException e)
        {
            throw new LokiException(StatusCodes.Status500InternalServerError, e.Message + "\n");
        }
    }
}
