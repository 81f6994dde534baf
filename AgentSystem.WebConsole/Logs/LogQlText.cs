using System.Text;

namespace AgentSystem.WebConsole.Logs;

/// <summary>Where one is in a text of LogQL: within what, and what was begun.</summary>
/// <param name="IsInSelector">Between the braces of a selector.</param>
/// <param name="IsInRange">Between the brackets of a range.</param>
/// <param name="StringStart">Where the text within the open quotes begins; null outside of quotes.</param>
/// <param name="PieceStart">Where the matcher or the stage begins: after the last brace, comma or pipe.</param>
/// <param name="HasSelector">Whether a selector is complete before it.</param>
/// <param name="IsAfterPipe">Whether the piece is a stage, behind a pipe.</param>
internal readonly record struct LogQlPlace(bool IsInSelector, bool IsInRange, int? StringStart, int PieceStart, bool HasSelector, bool IsAfterPipe);

/// <summary>The little of LogQL that has to be understood to help somebody write it; Loki has the last word.</summary>
internal static class LogQlText
{
    /// <summary>Where a position of a text is.</summary>
    internal static LogQlPlace At(string text, int position)
    {
        var (inSelector, inRange, hasSelector, afterPipe, piece) = (false, false, false, false, 0);
        var at = 0;
        while (at < position)
        {
            var c = text[at++];
            switch (c)
            {
                case '"' or '`':
                    var start = at;
                    while (at < position && text[at] != c)
                        at += c == '"' && text[at] == '\\' ? 2 : 1;
                    if (at >= position)
                        return new(inSelector, inRange, start, piece, hasSelector, afterPipe);
                    at++;
                    break;
                case '{':
                    (inSelector, piece, afterPipe) = (true, at, false);
                    break;
                case '}':
                    (inSelector, hasSelector, piece, afterPipe) = (false, true, at, false);
                    break;
                case ',' when inSelector:
                    piece = at;
                    break;
                case '[' or ']':
                    (inRange, piece) = (c == '[', at);
                    break;
                case '|' when !inSelector && !(at < text.Length && text[at] is '=' or '~' or '>'):
                    (piece, afterPipe) = (at, true);
                    break;
                default:
                    break;
            }
        }
        return new(inSelector, inRange, null, piece, hasSelector, afterPipe);
    }

    /// <summary>A value in quotes.</summary>
    internal static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
            quoted.Append(c switch { '"' => "\\\"", '\\' => @"\\", '\n' => @"\n", '\r' => @"\r", '\t' => @"\t", _ => c.ToString() });
        return quoted.Append('"').ToString();
    }

    /// <summary>The query that keeps, or leaves out, what has a value in a field. A query for numbers stays as it is.</summary>
    internal static string WithFilter(string query, LogField field, string value, bool isNot = false)
    {
        query = query.Trim();
        if (!query.StartsWith('{'))
            return query;
        var matcher = $"{field.Name}{(isNot ? "!=" : "=")}{Quote(value)}";
        if (field.Kind == LogFieldKind.Label && EndOfSelector(query) is { } end)
        {
            var inside = query[1..end].Trim();
            // The default, which is there since a selector must not be empty, goes when there is something better.
            if (!isNot && inside == LogSearch.DefaultQuery[1..^1])
                inside = "";
            return $"{{{inside.TrimEnd(',')}{(inside.Length > 0 ? ", " : "")}{matcher}}}{query[(end + 1)..]}";
        }
        var parser = field.Kind == LogFieldKind.Parsed && !query.Contains($"| {field.Parser}", StringComparison.Ordinal) ? $" | {field.Parser}" : "";
        return $"{query}{parser} | {matcher}";
    }

    private static int? EndOfSelector(string query)
    {
        for (var i = 1; i < query.Length; i++)
            if (query[i] == '}' && At(query, i) is { IsInSelector: true, StringStart: null })
                return i;
        return null;
    }
}
