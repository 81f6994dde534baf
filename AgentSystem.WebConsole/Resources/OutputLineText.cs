namespace AgentSystem.WebConsole.Resources;

/// <summary>A line of output with its colours, and with what is looked for marked in it.</summary>
public static class OutputLineText
{
    /// <summary>The line's pieces, in order: the text, its classes, and whether it is what is looked for.</summary>
    public static IEnumerable<(string Text, string Class, bool IsFound)> Of(string line, string? search)
    {
        foreach (var segment in AnsiText.Parse(line))
        {
            var rest = segment.Text;
            for (var at = Find(rest); at >= 0; at = Find(rest))
            {
                if (at > 0)
                    yield return (rest[..at], segment.Class, false);
                yield return (rest.Substring(at, search!.Length), segment.Class, true);
                rest = rest[(at + search.Length)..];
            }

            if (rest.Length > 0)
                yield return (rest, segment.Class, false);
        }

        int Find(string text) => string.IsNullOrEmpty(search) ? -1 : text.IndexOf(search, StringComparison.OrdinalIgnoreCase);
    }
}
