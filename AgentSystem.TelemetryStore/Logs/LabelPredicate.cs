namespace AgentSystem.TelemetryStore.Logs;

/// <summary>Conditions on labels, ready to be asked many times.</summary>
public static class LabelPredicate
{
    /// <summary>Whether a value satisfies the condition; a label that is missing has the value "".</summary>
    /// <exception cref="Re2Exception">The regular expression cannot be read.</exception>
    public static Func<string, bool> Compile(LabelMatcher matcher)
    {
        var value = matcher.Value;
        switch (matcher.Match)
        {
            case LabelMatch.Equal:
                return text => text == value;
            case LabelMatch.NotEqual:
                return text => text != value;
            default:
                var regex = Re2.CompileAnchored(value, dotIsAll: true);
                return matcher.Match is LabelMatch.Regex ? regex.IsMatch : text => !regex.IsMatch(text);
        }
    }

    /// <summary>Whether a label set satisfies all conditions.</summary>
    /// <exception cref="Re2Exception">A regular expression cannot be read.</exception>
    public static Func<IReadOnlyList<Label>, bool> Compile(IReadOnlyList<LabelMatcher> matchers)
    {
        var compiled = matchers.Select(m => (m.Name, Holds: Compile(m))).ToArray();
        return labels => Array.TrueForAll(compiled, c => c.Holds(labels.ValueOf(c.Name)));
    }

    /// <summary>The value of a label, "" when it is missing.</summary>
    public static string ValueOf(this IReadOnlyList<Label> labels, string name)
    {
        for (var i = 0; i < labels.Count; i++)
        {
            if (labels[i].Name == name)
                return labels[i].Value;
        }
        return "";
    }
}
