using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Rules;

/// <summary><c>docs/alerts.md</c>.</summary>
internal static partial class AlertsDocument
{
    public static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "alerts.md"));

    /// <summary>The file that the page drops in as an example.</summary>
    public static string CustomRule => Example().Match(Text).Groups[1].Value;

    /// <summary>The alert that is in it.</summary>
    public static string CustomAlert => Alert().Match(CustomRule).Groups[1].Value;

    /// <summary>The rows of the table of alerts: name, when it fires, severity, team.</summary>
    public static IEnumerable<(string Name, string When, string Severity, string Team)> Table =>
        Row().Matches(Text).Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value, row.Groups[4].Value));

    [GeneratedRegex("```yaml\n(groups:.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"^\| \[(\w+)\]\([^)]+\) \| ([^|]+) \| (\w+) \| (\w+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
