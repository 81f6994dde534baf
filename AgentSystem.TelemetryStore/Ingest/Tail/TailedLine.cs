using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Ingest.Tail;

/// <summary>Makes an entry of a line of a log file: the time and the trace are those that its JSON names, as our own processes write it.</summary>
internal static class TailedLine
{
    private static readonly string[] Times = ["timestamp", "@timestamp", "time", "ts", "@t"];

    /// <summary>Structured metadata of a line that was too long: how many bytes of it were cut off.</summary>
    internal const string CutBytes = "cut_bytes";

    /// <param name="utf8">The line without its end.</param>
    /// <param name="unread">How many more bytes the line has.</param>
    /// <param name="stream">The file's stream.</param>
    /// <param name="nowNanos">The time of lines that have none, in nanoseconds since 1970-01-01T00:00:00Z.</param>
    internal static LogEntry Read(ReadOnlySpan<byte> utf8, long unread, IReadOnlyList<Label> stream, long nowNanos)
    {
        var kept = Cut(utf8);
        var line = Encoding.UTF8.GetString(kept);
        var (time, metadata) = Parse(utf8);
        metadata.Insert(0, new(DetectedLevel.Name, DetectedLevel.Of(line, stream, metadata)));
        var cut = utf8.Length - kept.Length + unread;
        if (cut > 0)
            metadata.Insert(0, new(CutBytes, cut.ToString(CultureInfo.InvariantCulture)));
        return new(time ?? nowNanos, line, stream, metadata);
    }

    /// <summary>Whether the line was longer than lines may be.</summary>
    internal static bool IsCut(LogEntry entry) => entry.Metadata[0].Name == CutBytes;

    // Between two characters: the bytes of one begin with 10, but for its first.
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= OtlpLogs.MaxLineBytes)
            return utf8;
        var end = OtlpLogs.MaxLineBytes;
        while (end > OtlpLogs.MaxLineBytes - 4 && (utf8[end] & 0xC0) == 0x80)
            end--;
        return utf8[..end];
    }

    private static (long? Time, List<Label> Metadata) Parse(ReadOnlySpan<byte> utf8)
    {
        long? time = null;
        string trace = "", span = "";
        try
        {
            var reader = new Utf8JsonReader(utf8);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    if (time is null && Times.Contains(name))
                        time = Time(ref reader);
                    else if (reader.TokenType == JsonTokenType.String && name == TelemetryNames.Logs.TraceId)
                        trace = reader.GetString()!;
                    else if (reader.TokenType == JsonTokenType.String && name == TelemetryNames.Logs.SpanId)
                        span = reader.GetString()!;
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or only the beginning of it: kept as it is.
        }
        var metadata = new List<Label>(3);
        if (span.Length > 0)
            metadata.Add(new(TelemetryNames.Logs.SpanId, span));
        if (trace.Length > 0)
            metadata.Add(new(TelemetryNames.Logs.TraceId, trace));
        return (time, metadata);
    }

    private static long? Time(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String when DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) =>
            (time - DateTimeOffset.UnixEpoch).Ticks * 100,
        JsonTokenType.Number when reader.TryGetDecimal(out var number) && number > 0 => Epoch(number),
        _ => null,
    };

    // Seconds, milliseconds, microseconds and nanoseconds since 1970 differ enough to be told apart.
    private static long? Epoch(decimal number) => number switch
    {
        < 1e11m => (long)(number * 1_000_000_000),
        < 1e14m => (long)(number * 1_000_000),
        < 1e17m => (long)(number * 1_000),
        <= long.MaxValue => (long)number,
        _ => null,
    };
}
