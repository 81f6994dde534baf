using System.Text.Json;

namespace AgentSystem.TelemetryStore.Logs;

/// <summary>
/// Finds the <c>detected_level</c> of a line as Loki 3.7's distributor does: a level label of the stream, else one of the structured
/// metadata, else OTLP's severity number, else what the line itself says, else <c>unknown</c>.
/// </summary>
public static class DetectedLevel
{
    /// <summary>Name of the structured metadata that holds it.</summary>
    public const string Name = "detected_level";

    private const string Unknown = "unknown", SeverityNumber = "severity_number";

    // Loki's log-level-from-json-max-depth.
    private const int MaxJsonDepth = 2;

    // Loki's log_level_fields, in the order in which it looks for them.
    private static readonly string[] Fields =
    [
        "level", "LEVEL", "Level", "log.level", "severity", "SEVERITY", "Severity", "SeverityText", "lvl", "LVL", "Lvl",
        "severity_text", "Severity_Text", "SEVERITY_TEXT",
    ];

    private static readonly (string Word, string Level)[] Words =
    [
        ("trace", "trace"), ("debug", "debug"), ("fatal", "fatal"), ("critical", "critical"), ("error", "error"), ("err", "error"),
        ("warning", "warn"), ("warn", "warn"), ("info", "info"),
    ];

    /// <summary>
    /// The level of a line that has none yet. Metadata that has <see cref="Name"/> already keeps it, brought to its usual
    /// spelling with <see cref="Normalize"/>.
    /// </summary>
    public static string Of(string line, IReadOnlyList<Label> stream, IReadOnlyList<Label> metadata)
    {
        if ((FindField(stream) ?? FindField(metadata)) is { } named)
            return Normalize(named);
        return Find(metadata, SeverityNumber) is { } number ? OfSeverity(number) : OfLine(line);
    }

    /// <summary>The usual spelling of a level; a word that is none stays as it is.</summary>
    public static string Normalize(string level) => Known(level) ?? level;

    private static string? Known(string level) => level.ToLowerInvariant() switch
    {
        "trace" or "trc" => "trace",
        "debug" or "dbg" => "debug",
        "info" or "inf" or "information" => "info",
        "warn" or "wrn" or "warning" => "warn",
        "error" or "err" => "error",
        "critical" => "critical",
        "fatal" => "fatal",
        _ => null,
    };

    private static string OfSeverity(string number) => !int.TryParse(number, out var severity) ? "info" : severity switch
    {
        0 => Unknown,
        <= 4 => "trace",
        <= 8 => "debug",
        <= 12 => "info",
        <= 16 => "warn",
        <= 20 => "error",
        <= 24 => "fatal",
        _ => Unknown,
    };

    private static string OfLine(string line)
    {
        var trimmed = line.AsSpan().Trim();
        var value = trimmed is ['{', .., '}'] ? OfJson(line) : line.Contains('=') ? OfLogfmt(line) : null;
        return value is null ? OfText(line) : Known(value) ?? OfText(line);
    }

    /// <summary>The first level field of the object or of one directly within it. What is no JSON may still begin with such a field.</summary>
    private static string? OfJson(string line)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(line));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartArray)
                    reader.Skip();
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth > MaxJsonDepth)
                    continue;
                var isField = IsField(ref reader);
                reader.Read();
                if (isField && reader.TokenType == JsonTokenType.String)
                    return reader.GetString();
                if (reader.TokenType == JsonTokenType.StartArray)
                    reader.Skip();
            }
        }
        catch (JsonException)
        {
        }
        return null;
    }

    private static bool IsField(ref Utf8JsonReader reader)
    {
        foreach (var field in Fields)
            if (reader.ValueTextEquals(field))
                return true;
        return false;
    }

    private static string? OfLogfmt(string line)
    {
        string? found = null;
        var best = Fields.Length;
        foreach (var (key, value) in Logfmt.Pairs(line))
        {
            for (var i = 0; i < best; i++)
            {
                if (!key.Equals(Fields[i], StringComparison.OrdinalIgnoreCase))
                    continue;
                (found, best) = (value, i);
                if (i == 0)
                    return found;
            }
        }
        return found;
    }

    /// <summary>The level word that comes first and stands alone.</summary>
    private static string OfText(string line)
    {
        var (first, level) = (line.Length, Unknown);
        foreach (var (word, named) in Words)
        {
            var at = IndexOfWord(line, word, first);
            if (at >= 0)
                (first, level) = (at, named);
            if (first == 0)
                break;
        }
        return level;
    }

    private static int IndexOfWord(string line, string word, int before)
    {
        for (var from = 0; ;)
        {
            var at = line.IndexOf(word, from, StringComparison.OrdinalIgnoreCase);
            if (at < 0 || at >= before)
                return -1;
            if ((at == 0 || " \t\n[({\"=".Contains(line[at - 1])) && (at + word.Length == line.Length || " \t\n[](){}:,!\"=".Contains(line[at + word.Length])))
                return at;
            from = at + 1;
        }
    }

    private static string? FindField(IReadOnlyList<Label> labels)
    {
        string? found = null;
        var best = Fields.Length;
        for (var i = 0; i < labels.Count; i++)
        {
            var rank = RankOf(labels[i].Name);
            if (rank < best)
                (found, best) = (labels[i].Value, rank);
        }
        return found;
    }

    // Runs for every label of every line; a switch over texts looks at their length and one letter first.
    private static int RankOf(string name) => name switch
    {
        "level" => 0,
        "LEVEL" => 1,
        "Level" => 2,
        "log.level" => 3,
        "severity" => 4,
        "SEVERITY" => 5,
        "Severity" => 6,
        "SeverityText" => 7,
        "lvl" => 8,
        "LVL" => 9,
        "Lvl" => 10,
        "severity_text" => 11,
        "Severity_Text" => 12,
        "SEVERITY_TEXT" => 13,
        _ => Fields.Length,
    };

    private static string? Find(IReadOnlyList<Label> labels, string name)
    {
        for (var i = 0; i < labels.Count; i++)
            if (labels[i].Name == name)
                return labels[i].Value;
        return null;
    }
}
