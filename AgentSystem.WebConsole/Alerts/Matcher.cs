using System.Text.RegularExpressions;

namespace AgentSystem.WebConsole.Alerts;

/// <summary>What a label's value has to be; a label that is not there is empty.</summary>
/// <param name="Name">The label.</param>
/// <param name="Value">The value, or the regular expression that the whole of it matches.</param>
/// <param name="IsRegex">Which of both.</param>
/// <param name="IsEqual">False: it has to be another.</param>
public sealed partial record Matcher(string Name, string Value, bool IsRegex, bool IsEqual = true)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads matchers as Prometheus writes them, one a line or separated by commas: <c>alertname="A", worker=~"m.*"</c>.</summary>
    /// <exception cref="FormatException">A part is no matcher, or there is none; the message says which.</exception>
    public static IReadOnlyList<Matcher> ParseAll(string? text)
    {
        var matchers = new List<Matcher>();
        var rest = (text ?? "").Trim().TrimStart('{').TrimEnd('}');
        while ((rest = rest.TrimStart(' ', '\t', '\r', '\n', ',')).Length > 0)
        {
            if (Pattern().Match(rest) is not { Success: true } match)
                throw new FormatException($"“{rest.Split('\n')[0].Trim()}” is no matcher. Write name=\"value\", or !=, =~, !~ in place of =.");
            var value = match.Groups["quoted"] is { Success: true } quoted ? Unescape(quoted.Value) : match.Groups["bare"].Value;
            var op = match.Groups["op"].Value;
            var matcher = new Matcher(match.Groups["name"].Value, value, IsRegex: op[1..] == "~", IsEqual: op[0] == '=');
            matcher.Check();
            matchers.Add(matcher);
            rest = rest[match.Length..];
        }

        return matchers.Count > 0 ? matchers : throw new FormatException("Name at least one label, as in alertname=\"WorkerDown\".");
    }

    /// <summary>Whether labels match all of them.</summary>
    public static bool AllMatch(IEnumerable<Matcher> matchers, IReadOnlyDictionary<string, string> labels) => matchers.All(matcher => matcher.Matches(labels));

    /// <summary>Whether labels match.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var value = labels.GetValueOrDefault(Name) ?? "";
        return (IsRegex ? Regex.IsMatch(value, $"^(?:{Value})$", RegexOptions.CultureInvariant, Patience) : value == Value) == IsEqual;
    }

    /// <summary>As Prometheus writes it.</summary>
    public override string ToString() => $"{Name}{Operator}\"{Escape(Value)}\"";

    private string Operator => (IsEqual, IsRegex) switch
    {
        (true, false) => "=",
        (true, true) => "=~",
        (false, false) => "!=",
        (false, true) => "!~",
    };

    private void Check()
    {
        if (!IsRegex)
            return;
        try
        {
            _ = Regex.IsMatch("", $"^(?:{Value})$", RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"“{Value}” is no regular expression: {e.Message}", e);
        }
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Unescape(string text) => Escapes().Replace(text, escape => escape.Value[1] == 'n' ? "\n" : escape.Value[1..]);

    [GeneratedRegex("""^(?<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*(?<op>=~|!~|!=|=)\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s,"{}]*))(?=\s|,|$)""")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escapes();
}
