using System.Text;

namespace AgentSystem.TelemetryStore.Logs;

/// <summary>Reads <c>key=value key="quoted value" flag</c>, as far as it is well formed.</summary>
internal static class Logfmt
{
    internal static IEnumerable<(string Key, string Value)> Pairs(string line)
    {
        var at = 0;
        while (true)
        {
            while (at < line.Length && line[at] <= ' ')
                at++;
            var start = at;
            while (at < line.Length && line[at] > ' ' && line[at] is not ('=' or '"'))
                at++;
            if (at == start)
                yield break;
            var key = line[start..at];
            if (at == line.Length || line[at] != '=')
            {
                yield return (key, "");
                continue;
            }
            at++;
            if (at < line.Length && line[at] == '"')
            {
                if (Quoted(line, ref at) is not { } quoted)
                    yield break;
                yield return (key, quoted);
                continue;
            }
            start = at;
            while (at < line.Length && line[at] > ' ' && line[at] is not ('=' or '"'))
                at++;
            yield return (key, line[start..at]);
        }
    }

    private static string? Quoted(string line, ref int at)
    {
        var text = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] == '"')
            {
                at++;
                return text.ToString();
            }
            if (line[at] == '\\' && at + 1 < line.Length)
                at++;
            text.Append(line[at]);
        }
        return null;
    }
}
