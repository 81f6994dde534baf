using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>How long a rule waits by itself, as its file says: its <c>for</c>, and the longest window that it looks at.</summary>
internal static partial class RuleDelays
{
    // A window of a scaled rule is never shorter.
    private const double ShortestWindow = 15;

    /// <summary>At most so many seconds more, when the times are not divided: the window fills, and <c>for</c> passes.</summary>
    internal static double Undivided(string rules, string alert, double scale)
    {
        var (wait, window) = Of(rules, alert);
        return wait - wait / scale + window - Math.Min(window, Math.Max(ShortestWindow, window / scale));
    }

    internal static (double For, double Window) Of(string rules, string alert)
    {
        var rule = Block(rules, $"alert: {alert}");
        var wait = For().Match(rule) is { Success: true } match ? Seconds(match) : 0;
        return (wait, WindowOf(rules, rule[..Math.Max(0, rule.IndexOf("annotations:", StringComparison.Ordinal))]));
    }

    // What is recorded looks at windows, too.
    private static double WindowOf(string rules, string expression) => Window().Matches(expression).Select(Seconds)
        .Concat(Recorded().Matches(expression).Select(name => name.Value).Where(name => !expression.StartsWith($"- record: {name}\n", StringComparison.Ordinal))
            .Select(name => WindowOf(rules, Block(rules, $"record: {name}"))))
        .DefaultIfEmpty(0).Max();

    private static string Block(string rules, string beginning)
    {
        var start = rules.IndexOf($"- {beginning}\n", StringComparison.Ordinal);
        if (start < 0)
            return "";
        var end = rules.IndexOf("\n      - ", start, StringComparison.Ordinal);
        return rules[start..(end < 0 ? rules.Length : end)];
    }

    private static double Seconds(Match time) => double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture) * time.Groups[2].Value switch { "h" => 3600, "m" => 60, _ => 1 };

    [GeneratedRegex(@"for: (\d+)([smh])")]
    private static partial Regex For();

    [GeneratedRegex(@"\[(\d+)([smh])\]")]
    private static partial Regex Window();

    [GeneratedRegex(@"agentsystem:[\w:]+")]
    private static partial Regex Recorded();
}
