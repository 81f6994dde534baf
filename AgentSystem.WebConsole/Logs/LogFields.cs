using System.Text.Json;
using System.Text.RegularExpressions;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Logs;

/// <summary>Where a field comes from.</summary>
public enum LogFieldKind
{
    /// <summary>A label of the stream, which the selector can ask for.</summary>
    Label,
    /// <summary>Kept beside the line.</summary>
    Metadata,
    /// <summary>Within the line, as JSON or as <c>key=value</c>.</summary>
    Parsed,
}

/// <summary>A field of some lines.</summary>
/// <param name="Name">Its name, as LogQL has it.</param>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Parser">The stage that takes it out of the line; empty when it is none of the line.</param>
/// <param name="Values">Its values and how many lines have each, the most frequent first.</param>
public sealed record LogField(string Name, LogFieldKind Kind, string Parser, IReadOnlyList<KeyValuePair<string, int>> Values)
{
    /// <summary>How many lines have it.</summary>
    public int Lines => Values.Sum(value => value.Value);
}

/// <summary>Finds the fields of lines.</summary>
public static partial class LogFields
{
    // A line that says more is not something to filter by.
    private const int MaxParsed = 40;

    /// <summary>The fields of some lines: labels first, then metadata, then what is within the lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="labels">The names that are labels.</param>
    public static IReadOnlyList<LogField> Of(IEnumerable<LogLine> lines, IReadOnlyCollection<string> labels)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(labels);
        var counts = new Dictionary<(LogFieldKind Kind, string Name, string Parser), Dictionary<string, int>>();
        foreach (var line in lines)
        {
            foreach (var (name, value) in line.Labels)
                Add((labels.Contains(name) ? LogFieldKind.Label : LogFieldKind.Metadata, name, ""), value);
            var (parser, fields) = Parse(line.Text);
            foreach (var (name, value) in fields)
                if (!line.Labels.ContainsKey(name))
                    Add((LogFieldKind.Parsed, name, parser), value);
        }
        return
        [
            .. counts
                .Select(field => new LogField(
                    field.Key.Name, field.Key.Kind, field.Key.Parser,
                    [.. field.Value.OrderByDescending(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal)]))
                .OrderBy(field => field.Kind).ThenBy(field => field.Name, StringComparer.Ordinal),
        ];

        void Add((LogFieldKind, string, string) key, string value)
        {
            if (!counts.TryGetValue(key, out var values))
                counts[key] = values = new(StringComparer.Ordinal);
            values[value] = values.GetValueOrDefault(value) + 1;
        }
    }

    /// <summary>What is within a line, and which stage of LogQL takes it out.</summary>
    public static (string Parser, IReadOnlyList<KeyValuePair<string, string>> Fields) Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line is ['{', ..])
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                var fields = new List<KeyValuePair<string, string>>();
                Collect(json.RootElement, "", fields);
                return ("json", fields);
            }
            catch (JsonException)
            {
                // A line that begins like an object and is none.
            }
        }
        var pairs = Logfmt().Matches(line);
        // One "a=b" in a sentence is no format.
        return pairs.Count < 2
            ? ("", [])
            : ("logfmt", [.. pairs.Take(MaxParsed).DistinctBy(pair => pair.Groups["key"].Value).Select(pair =>
                KeyValuePair.Create(pair.Groups["key"].Value, pair.Groups["quoted"] is { Success: true } quoted ? quoted.Value : pair.Groups["plain"].Value))]);
    }

    private static void Collect(JsonElement element, string prefix, List<KeyValuePair<string, string>> fields)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (fields.Count >= MaxParsed)
                return;
            // The names that LogQL's json stage gives them.
            var name = NotInNames().Replace(prefix + property.Name, "_");
            if (property.Value.ValueKind == JsonValueKind.Object)
                Collect(property.Value, name + "_", fields);
            else if (property.Value.ValueKind != JsonValueKind.Array && property.Value.ValueKind != JsonValueKind.Null)
                fields.Add(new(name, property.Value.ToString()));
        }
    }

    [GeneratedRegex("""(?<=^|\s)(?<key>[A-Za-z_][A-Za-z0-9_]*)=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s"]+))(?=\s|$)""", RegexOptions.CultureInvariant)]
    private static partial Regex Logfmt();

    [GeneratedRegex("[^A-Za-z0-9_]", RegexOptions.CultureInvariant)]
    private static partial Regex NotInNames();
}
