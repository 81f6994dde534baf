using System.Text.RegularExpressions;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>Says of label sets whether they match a stream selector.</summary>
internal sealed class StreamFilter
{
    private readonly (string Name, Func<string, bool> Holds)[] _conditions;

    internal StreamFilter(IReadOnlyList<LabelMatcher> matchers) => _conditions = [.. matchers.Select(m => (m.Name, Condition(m)))];

    internal bool Matches(IReadOnlyList<Label> stream)
    {
        foreach (var (name, holds) in _conditions)
            if (!holds(ValueOf(stream, name)))
                return false;
        return true;
    }

    private static string ValueOf(IReadOnlyList<Label> stream, string name)
    {
        for (var i = 0; i < stream.Count; i++)
            if (stream[i].Name == name)
                return stream[i].Value;
        return "";
    }

    private static Func<string, bool> Condition(LabelMatcher matcher)
    {
        switch (matcher.Match)
        {
            case LabelMatch.Equal:
                return value => value == matcher.Value;
            case LabelMatch.NotEqual:
                return value => value != matcher.Value;
            default:
                // Without backtracking, as in Loki: no expression can take longer than its text is long.
                var regex = new Regex($"^(?s:{matcher.Value})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
                var wanted = matcher.Match == LabelMatch.Regex;
                return value => regex.IsMatch(value) == wanted;
        }
    }
}
