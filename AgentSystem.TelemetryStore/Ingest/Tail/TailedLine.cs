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

    /// <param name="utf8">The line without its end.</param>
    /// <param name="stream">The file's stream.</param>
    /// <param name="nowNanos">The time of lines that have none, in nanoseconds since 1970-01-01T00:00:00Z.</param>
    internal static LogEntry Read(ReadOnlySpan<byte> utf8, IReadOnlyList<Label> stream, long nowNanos)
    {
        var line = Encoding.UTF8.GetString(utf8.Length > OtlpLogs.MaxLineBytes ? utf8[..OtlpLogs.MaxLineBytes] : utf8);
        var (time, metadata) = Parse(utf8);
        metadata.Insert(0, new(DetectedLevel.Name, DetectedLevel.Of(line, stream, metadata)));
        return new(time ?? nowNanos, line, stream, metadata);
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
