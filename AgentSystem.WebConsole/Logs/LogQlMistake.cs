using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentSystem.WebConsole.Logs;

/// <summary>A mistake in a query at its place.</summary>
/// <param name="Text">Loki's words.</param>
/// <param name="Before">The line of the query, up to the mistake.</param>
/// <param name="At">What is there, to the end of the line; empty when it is the end.</param>
/// <param name="Line">Which line, from 1.</param>
/// <param name="Column">Which column, from 1.</param>
public sealed partial record LogQlMistake(string Text, string Before, string At, int Line, int Column)
{
    /// <summary>All of the query before the mistake, the lines above it included.</summary>
    public string TextBefore(string query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return string.Concat(query.Split('\n').Take(Line - 1).Select(line => line + '\n')) + Before;
    }

    /// <summary>Reads what Loki says, as <c>parse error at line 1, col 18: syntax error: unexpected IDENTIFIER</c>; null when it names no place.</summary>
    public static LogQlMistake? Of(string query, string error)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(error);
        if (Place().Match(error) is not { Success: true } place)
            return null;
        var lines = query.Split('\n');
        if (!int.TryParse(place.Groups["line"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            || !int.TryParse(place.Groups["col"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var column)
            || line < 1 || line > lines.Length)
            return null;
        var text = lines[line - 1];
        var at = Math.Clamp(column - 1, 0, text.Length);
        return new(error, text[..at], text[at..], line, column);
    }

    [GeneratedRegex(@"line (?<line>\d+), col (?<col>\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
