using System.Globalization;
using System.Text.Json;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;
using AgentSystem.TelemetryStore.Otlp;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>Lines of a stream as they were pushed.</summary>
internal sealed record PushedStream(IReadOnlyList<Label> Labels, IReadOnlyList<PushedLine> Lines);

/// <summary>A line as it was pushed.</summary>
internal sealed record PushedLine(long TimestampNanos, string Line, IReadOnlyList<Label> Metadata);

/// <summary>Reads the two formats of Loki's push endpoint.</summary>
internal static class PushFormats
{
    /// <summary><c>{"streams": [{"stream": {…}, "values": [["nanoseconds", "line", {metadata}]]}]}</c></summary>
    internal static IReadOnlyList<PushedStream> ReadJson(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
                throw LokiException.BadRequest("the body is no JSON object");
            return document.RootElement.TryGetProperty("streams", out var streams) && streams.ValueKind is JsonValueKind.Array
                ? [.. streams.EnumerateArray().Select(ReadStream)]
                : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw LokiException.BadRequest($"the body is no push request: {e.Message}");
        }
    }

    private static PushedStream ReadStream(JsonElement stream)
    {
        var labels = stream.TryGetProperty("stream", out var names) ? Pairs(names) : [];
        foreach (var label in labels)
            CheckName(label.Name);
        var values = stream.TryGetProperty("values", out var lines) && lines.ValueKind is JsonValueKind.Array ? lines.EnumerateArray().Select(ReadLine) : [];
        return new(labels, [.. values]);
    }

    private static PushedLine ReadLine(JsonElement value)
    {
        var parts = value.EnumerateArray().ToArray();
        if (parts.Length < 2 || parts[0].ValueKind is not JsonValueKind.String || parts[1].ValueKind is not JsonValueKind.String
            || !long.TryParse(parts[0].GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanos))
            throw LokiException.BadRequest("Value is string, but can't find closing '\"' symbol");
        if (parts.Length > 2 && parts[2].ValueKind is not JsonValueKind.Object)
            throw LokiException.BadRequest("Value looks like object, but can't find closing '}' symbol");
        return new(nanos, parts[1].GetString()!, parts.Length > 2 ? Pairs(parts[2]) : []);
    }

    private static List<Label> Pairs(JsonElement members)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var member in members.EnumerateObject())
        {
            if (member.Value.ValueKind is JsonValueKind.String)
                pairs[member.Name] = member.Value.GetString()!;
            else if (member.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
                pairs[member.Name] = member.Value.GetRawText();
        }
        return [.. pairs.Select(p => new Label(p.Key, p.Value))];
    }

    /// <summary><c>logproto.PushRequest</c>: streams (1) of labels (1) and entries (2) of timestamp (1), line (2) and metadata (3).</summary>
    internal static IReadOnlyList<PushedStream> ReadProto(ReadOnlySpan<byte> message)
    {
        try
        {
            var streams = new List<PushedStream>();
            var reader = new ProtoReader(message);
            while (reader.Next(out var field))
            {
                if (field == 1)
                    streams.Add(ReadStream(reader.Message()));
                else
                    reader.Skip();
            }
            return streams;
        }
        catch (OtlpFormatException e)
        {
            throw LokiException.BadRequest($"the body is no push request: {e.Message}");
        }
    }

    private static PushedStream ReadStream(ReadOnlySpan<byte> message)
    {
        var labels = "";
        var lines = new List<PushedLine>();
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                labels = reader.Text();
            else if (field == 2)
                lines.Add(ReadEntry(reader.Message()));
            else
                reader.Skip();
        }
        return new(ReadLabels(labels), lines);
    }

    private static PushedLine ReadEntry(ReadOnlySpan<byte> message)
    {
        long nanos = 0;
        var line = "";
        var metadata = new List<Label>();
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                nanos = ReadTimestamp(reader.Message());
            else if (field == 2)
                line = reader.Text();
            else if (field == 3)
                metadata.Add(ReadPair(reader.Message()));
            else
                reader.Skip();
        }
        return new(nanos, line, metadata);
    }

    private static long ReadTimestamp(ReadOnlySpan<byte> message)
    {
        long seconds = 0, nanos = 0;
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                seconds = (long)reader.Varint();
            else if (field == 2)
                nanos = (int)reader.Varint();
            else
                reader.Skip();
        }
        return unchecked((seconds * GoDuration.Second) + nanos);
    }

    private static Label ReadPair(ReadOnlySpan<byte> message)
    {
        string name = "", value = "";
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                name = reader.Text();
            else if (field == 2)
                value = reader.Text();
            else
                reader.Skip();
        }
        return new(name, value);
    }

    /// <summary>Labels as a text, <c>{a="b"}</c>.</summary>
    private static IReadOnlyList<Label> ReadLabels(string text)
    {
        try
        {
            var matchers = Parser.ParseSelector(text, mayMatchAll: true);
            return matchers.All(m => m.Match is LabelMatch.Equal)
                ? [.. matchers.Select(m => new Label(m.Name, m.Value))]
                : throw LokiException.BadRequest($"couldn't parse labels: {text} is no set of labels");
        }
        catch (LogQlException e)
        {
            throw LokiException.BadRequest($"couldn't parse labels: {e.Message}");
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw LokiException.BadRequest($"couldn't parse labels: 1:2: parse error: {GoText.Quote(name)} is no label name");
    }
}
