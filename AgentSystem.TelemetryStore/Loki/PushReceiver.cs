using System.IO.Compression;
using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>Takes lines at <c>push</c>: JSON, or protobuf packed with Snappy. What is good of a request is kept, and the rest is a 400.</summary>
internal sealed class PushReceiver(ILogStore store, IOptions<LokiOptions> options, TimeProvider time)
{
    private const string ServiceName = "service_name", UnknownService = "unknown_service";
    private const int MaxLabels = 15, MaxNameLength = 1024, MaxValueLength = 2048;

    /// <summary>Labels that name the service when <c>service_name</c> is missing, the first one found.</summary>
    internal static readonly string[] ServiceLabels =
    [
        "service", "app", "application", "app_name", "name", "app_kubernetes_io_name", "container", "container_name",
        "k8s_container_name", "component", "workload", "job", "k8s_job_name",
    ];

    internal async Task<IResult> ReceiveAsync(HttpContext context)
    {
        // The limit is ours, with Loki's status.
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        var body = await ReadBodyAsync(context.Request, context.RequestAborted);
        var streams = IsJson(context.Request) ? PushFormats.ReadJson(body) : PushFormats.ReadProto(Unpack(body.Span));
        if (streams.Count == 0)
            throw new LokiException(StatusCodes.Status422UnprocessableEntity, "error at least one valid stream is required for ingestion\n");

        var (entries, errors) = Check(streams);
        if (entries.Count > 0)
            await store.AppendAsync(entries, context.RequestAborted);
        return errors.Count == 0 ? Results.NoContent() : throw LokiException.BadRequest(Summarize(errors) + "\n");
    }

    private static bool IsJson(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        ? type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        : throw LokiException.BadRequest("mime: no media type\n");

    private async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        await using var body = encoding switch
        {
            "" or "snappy" => request.Body,
            "gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
            "deflate" => new DeflateStream(request.Body, CompressionMode.Decompress),
            _ => throw LokiException.BadRequest($"Content-Encoding {GoText.Quote(encoding)} not supported\n"),
        };
        using var buffer = new MemoryStream();
        var chunk = new byte[81920];
        try
        {
            for (int read; (read = await body.ReadAsync(chunk, cancellationToken)) > 0;)
            {
                buffer.Write(chunk, 0, read);
                if (buffer.Length > options.Value.MaxPushBytes)
                    throw TooLarge($"message size larger than max ({options.Value.MaxPushBytes})");
            }
        }
        catch (InvalidDataException e)
        {
            throw LokiException.BadRequest($"{encoding}: {e.Message}\n");
        }
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private byte[] Unpack(ReadOnlySpan<byte> body)
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

    private static LokiException TooLarge(string what) => new(StatusCodes.Status413PayloadTooLarge, $"request body too large: {what}\n");

    private (List<LogEntry> Entries, List<string> Errors) Check(IReadOnlyList<PushedStream> streams)
    {
        var entries = new List<LogEntry>();
        var errors = new List<string>();
        var now = time.GetUtcNow();
        foreach (var pushed in streams.Where(s => s.Lines.Count > 0))
        {
            var stream = WithServiceName(pushed.Labels);
            if (FaultOf(stream) is { } fault)
            {
                errors.Add(fault);
                continue;
            }
            foreach (var line in pushed.Lines)
            {
                if (FaultOf(line, stream, now) is { } error)
                    errors.Add(error);
                else
                    entries.Add(new(line.TimestampNanos, line.Line, stream.Labels, Metadata(line, stream.Labels)));
            }
        }
        return (entries, errors);
    }

    private static LabelSet WithServiceName(IReadOnlyList<Label> pushed)
    {
        var labels = new LabelSet(pushed.Where(l => l.Value.Length > 0));
        if (labels[ServiceName] is not null)
            return labels;
        return labels.With(ServiceName, ServiceLabels.Select(name => labels[name]).FirstOrDefault(value => value is not null) ?? UnknownService);
    }

    private static string? FaultOf(LabelSet stream)
    {
        var count = stream.Labels.Count - 1;
        if (count > MaxLabels)
            return $"entry for stream '{stream}' has {count} label names; limit {MaxLabels}";
        for (var i = 0; i < stream.Labels.Count; i++)
        {
            var (name, value) = stream.Labels[i];
            if (name.Length > MaxNameLength)
                return $"stream '{stream}' has label name too long: '{name}'";
            if (value.Length > MaxValueLength)
                return $"stream '{stream}' has label value too long: '{value}'";
            if (i > 0 && name == stream.Labels[i - 1].Name)
                return $"stream '{stream}' has duplicate label name: '{name}'";
        }
        return null;
    }

    private string? FaultOf(PushedLine line, LabelSet stream, DateTimeOffset now)
    {
        var oldest = now - options.Value.RejectOlderThan;
        if (line.TimestampNanos < RequestParameters.Nanos(oldest))
            return $"entry for stream '{stream}' has timestamp too old: {Rfc3339Text(line.TimestampNanos)}, oldest acceptable timestamp is: {Rfc3339Text(RequestParameters.Nanos(oldest))}";
        if (line.TimestampNanos > RequestParameters.Nanos(now + options.Value.CreationGracePeriod))
            return $"entry for stream '{stream}' has timestamp too new: {Rfc3339Text(line.TimestampNanos)}";
        var bytes = System.Text.Encoding.UTF8.GetByteCount(line.Line);
        return bytes > options.Value.MaxLineBytes
            ? $"max entry size '{options.Value.MaxLineBytes}' bytes exceeded for stream '{stream}' while adding an entry with length '{bytes}' bytes"
            : null;
    }

    private static string Rfc3339Text(long nanos) =>
        DateTimeOffset.UnixEpoch.AddTicks(nanos / 100).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static IReadOnlyList<Label> Metadata(PushedLine line, IReadOnlyList<Label> stream)
    {
        var metadata = new Dictionary<string, string>();
        foreach (var label in line.Metadata.Where(m => m.Value.Length > 0))
            metadata[Name(label.Name)] = label.Value.Replace('\uFFFD', ' ');
        var named = metadata.Select(m => new Label(m.Key, m.Value)).ToArray();
        metadata[DetectedLevel.Name] = metadata.TryGetValue(DetectedLevel.Name, out var level)
            ? DetectedLevel.Normalize(level)
            : DetectedLevel.Of(line.Line, stream, named);
        return new LabelSet(metadata.Select(m => new Label(m.Key, m.Value))).Labels;
    }

    private static string Name(string name)
    {
        try
        {
            return LabelNames.Of(name);
        }
        catch (OtlpFormatException e)
        {
            throw LokiException.BadRequest(e.Message + "\n");
        }
    }

    private static string Summarize(List<string> errors)
    {
        var kinds = errors.GroupBy(e => e).ToArray();
        return string.Join("; ", kinds.Select(k => kinds.Length > 1 || k.Count() > 1 ? $"{k.Count()} errors like: {k.Key}" : k.Key));
    }
}
