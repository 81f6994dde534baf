using System.Text.RegularExpressions;

namespace AgentSystem.Tests.WebConsole.Dashboards;

/// <summary>The metrics and labels that an expression names. It reads what our dashboards are written in, not the whole language.</summary>
internal static partial class PromQlNames
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
        { "by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool", "inf", "nan", "atan2", "start", "end" };

    /// <summary>Each metric with the labels that its selector names.</summary>
    internal static IEnumerable<(string Metric, IReadOnlyList<string> Labels)> Selectors(string expression)
    {
        var bare = Groupings().Replace(Strings().Replace(Ranges().Replace(expression, ""), "\"\""), " ");
        foreach (Match match in Names().Matches(bare))
        {
            var name = match.Groups["name"].Value;
            if (!match.Groups["call"].Success && !Words.Contains(name))
                yield return (name, [.. Matchers().Matches(match.Groups["matchers"].Value).Select(m => m.Groups[1].Value)]);
        }
    }

    /// <summary>The labels that it groups by.</summary>
    internal static IEnumerable<string> GroupedBy(string expression) =>
        Groupings().Matches(expression).SelectMany(m => m.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex Strings();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Ranges();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring)\s*\((?<labels>[^)]*)\)")]
    private static partial Regex Groupings();

    [GeneratedRegex(@"(?<![0-9.\w$])(?<name>[a-zA-Z_:][\w:]*)\s*(?:(?<call>\()|\{(?<matchers>[^}]*)\})?")]
    private static partial Regex Names();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Matchers();
}
