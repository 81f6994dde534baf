using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>The answer to a query: its result and how much work it was.</summary>
internal sealed class Answer(HttpContext context, TimeProvider time)
{
    private const string FlagsHeader = "X-Loki-Response-Encoding-Flags", Categorize = "categorize-labels";

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly long _began = time.GetTimestamp();

    internal QueryStatistics Statistics { get; } = new();

    /// <summary>The client wants structured metadata and parsed labels apart from the stream's own.</summary>
    internal bool IsApart => Flags.Contains(Categorize);

    private string[] Flags => context.Request.Headers[FlagsHeader].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);

    internal IResult Of(QueryResult result, bool apart) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("status", "success");
        writer.WriteStartObject("data");
        writer.WriteString("resultType", result switch { StreamsResult => "streams", ScalarResult => "scalar", VectorResult => "vector", _ => "matrix" });
        if (result is StreamsResult && Flags.Length > 0)
        {
            writer.WriteStartArray("encodingFlags");
            foreach (var flag in Flags)
                writer.WriteStringValue(flag);
            writer.WriteEndArray();
        }
        writer.WritePropertyName("result");
        var entries = Write(writer, result, apart);
        StatisticsJson.Write(writer, Statistics, time.GetElapsedTime(_began), entries);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary>JSON as Loki sends it, ended by a line feed.</summary>
    internal static IResult Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            write(writer);
        buffer.Write("\n"u8);
        return Results.Bytes(buffer.WrittenMemory, "application/json; charset=UTF-8");
    }

    private static int Write(Utf8JsonWriter writer, QueryResult result, bool apart)
    {
        switch (result)
        {
            case StreamsResult streams:
                WriteStreams(writer, streams.Streams, apart);
                return streams.Streams.Sum(s => s.Lines.Count);
            case ScalarResult scalar:
                // Loki's query frontend takes the milliseconds of a scalar for seconds, and clients see it so.
                WritePoint(writer, scalar.TimestampMillis * 1000, scalar.Value);
                return 1;
            case VectorResult vector:
                writer.WriteStartArray();
                foreach (var sample in vector.Samples)
                    WriteSeries(writer, sample.Labels, "value", () => WritePoint(writer, sample.TimestampMillis, sample.Value));
                writer.WriteEndArray();
                return vector.Samples.Count;
            case MatrixResult matrix:
                writer.WriteStartArray();
                foreach (var series in matrix.Series)
                    WriteSeries(writer, series.Labels, "values", () => WritePoints(writer, series));
                writer.WriteEndArray();
                return matrix.Series.Sum(s => s.Points.Count);
            default:
                throw new UnreachableException();
        }
    }

    internal static void WriteStreams(Utf8JsonWriter writer, IReadOnlyList<LabelledLines> streams, bool apart)
    {
        writer.WriteStartArray();
        foreach (var stream in streams)
        {
            writer.WriteStartObject();
            WriteLabels(writer, "stream", stream.Labels.Labels);
            writer.WriteStartArray("values");
            foreach (var line in stream.Lines)
                WriteLine(writer, line, apart);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteLine(Utf8JsonWriter writer, ResultLine line, bool apart)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(line.TimestampNanos.ToString(CultureInfo.InvariantCulture));
        writer.WriteStringValue(line.Line);
        if (apart)
        {
            writer.WriteStartObject();
            if (line.Metadata.Labels.Count > 0)
                WriteLabels(writer, "structuredMetadata", line.Metadata.Labels);
            if (line.Parsed.Labels.Count > 0)
                WriteLabels(writer, "parsed", line.Parsed.Labels);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteSeries(Utf8JsonWriter writer, LabelSet labels, string values, Action write)
    {
        writer.WriteStartObject();
        WriteLabels(writer, "metric", labels.Labels);
        writer.WritePropertyName(values);
        write();
        writer.WriteEndObject();
    }

    private static void WritePoints(Utf8JsonWriter writer, ResultSeries series)
    {
        writer.WriteStartArray();
        foreach (var (millis, value) in series.Points)
            WritePoint(writer, millis, value);
        writer.WriteEndArray();
    }

    /// <summary>Seconds as a number, the value as text.</summary>
    private static void WritePoint(Utf8JsonWriter writer, long millis, double value)
    {
        writer.WriteStartArray();
        writer.WriteRawValue(GoText.FormatPlain(millis / 1000.0));
        writer.WriteStringValue(GoText.FormatPlain(value));
        writer.WriteEndArray();
    }

    internal static void WriteLabels(Utf8JsonWriter writer, string property, IReadOnlyList<Label> labels)
    {
        writer.WriteStartObject(property);
        foreach (var label in labels)
            writer.WriteString(label.Name, label.Value);
        writer.WriteEndObject();
    }
}
