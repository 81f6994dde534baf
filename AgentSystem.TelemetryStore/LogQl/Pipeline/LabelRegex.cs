using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary>
/// The regular expressions of label filters, as Loki 3.7 has them: anchored at both ends, but for those that it takes for plain texts.
/// Of <c>al.*</c>, <c>.*ice</c> and <c>ali|alice</c> it makes "contains" (pkg/logql/log/filter.go, RegexSimplifier), so that
/// <c>| name=~"al.*"</c> keeps <c>malice</c> too.
/// </summary>
internal static class LabelRegex
{
    /// <exception cref="Re2Exception">The regular expression cannot be read.</exception>
    internal static Func<string, bool> Compile(string pattern)
    {
        // Unlike a stream selector's, the dot of a label filter stops at the end of a line.
        var regex = Re2.CompileAnchored(pattern, dotIsAll: false);
        return RegexTree.Parse(pattern) is { } tree && Simplify(tree) is { } simple ? simple : regex.IsMatch;
    }

    private static Func<string, bool>? Simplify(RegexTree tree) => tree.Kind switch
    {
        RegexKind.Literal => Equal(tree),
        RegexKind.Any or RegexKind.Empty => static _ => true,
        RegexKind.Some => static text => text.Length > 0,
        RegexKind.Group => Simplify(tree.Parts[0]),
        RegexKind.Alternate => AnyOf(tree.Parts.Select(Simplify)),
        RegexKind.Concat => SimplifyConcat(tree, null),
        _ => null,
    };

    private static Func<string, bool> Equal(RegexTree literal)
    {
        var comparison = Comparison(literal.IgnoreCase);
        return text => string.Equals(text, literal.Text, comparison);
    }

    /// <summary>A literal with <c>.*</c> around it, or with alternatives behind it.</summary>
    private static Func<string, bool>? SimplifyConcat(RegexTree concat, string? prefix)
    {
        var parts = concat.Parts.Select(Bare).Where(p => p.Kind is not RegexKind.Empty).ToArray();
        if (parts.Length > 3)
            return null;
        var (hasLiteral, ignoreCase) = (false, false);
        Func<string, bool>? found = null;
        foreach (var part in parts)
        {
            if (part.Kind is RegexKind.Literal && !hasLiteral)
                (hasLiteral, prefix, ignoreCase) = (true, prefix + part.Text, part.IgnoreCase);
            else if (part.Kind is RegexKind.Alternate && prefix is not null)
                found = AnyOf([.. found is null ? [] : new[] { found }, .. part.Parts.Select(p => Alternative(p, prefix, ignoreCase))]);
            else if (part.Kind is not RegexKind.Any)
                return null;
            if (part.Kind is RegexKind.Alternate && found is null)
                return null;
        }
        return found ?? (prefix is null ? null : Contains(prefix, ignoreCase));
    }

    private static Func<string, bool>? Alternative(RegexTree part, string prefix, bool ignoreCase) => part.Kind switch
    {
        _ when part.IgnoreCase && !ignoreCase => null,
        RegexKind.Empty or RegexKind.Any => Contains(prefix, ignoreCase),
        RegexKind.Literal => Contains(prefix + part.Text, ignoreCase),
        RegexKind.Concat => SimplifyConcat(part, prefix),
        _ => null,
    };

    private static RegexTree Bare(RegexTree tree) => tree.Kind is RegexKind.Group ? Bare(tree.Parts[0]) : tree;

    private static Func<string, bool> Contains(string text, bool ignoreCase)
    {
        var comparison = Comparison(ignoreCase);
        return value => value.Contains(text, comparison);
    }

    private static StringComparison Comparison(bool ignoreCase) => ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static Func<string, bool>? AnyOf(IEnumerable<Func<string, bool>?> legs)
    {
        var all = legs.ToArray();
        return Array.Exists(all, l => l is null) ? null : text => Array.Exists(all, l => l!(text));
    }
}
