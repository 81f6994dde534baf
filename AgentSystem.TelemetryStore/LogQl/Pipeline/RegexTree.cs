namespace AgentSystem.TelemetryStore.LogQl.Pipeline;

/// <summary>The parts of regular expressions that Loki knows how to do without.</summary>
internal enum RegexKind
{
    /// <summary>Nothing.</summary>
    Empty,
    /// <summary>Some characters.</summary>
    Literal,
    /// <summary><c>.*</c></summary>
    Any,
    /// <summary><c>.+</c></summary>
    Some,
    /// <summary>One of several characters.</summary>
    Class,
    /// <summary><c>(…)</c></summary>
    Group,
    /// <summary>One after another.</summary>
    Concat,
    /// <summary>One or another.</summary>
    Alternate,
}

/// <summary>
/// A regular expression as Go's regexp/syntax sees it, for as much of the language as <see cref="LabelRegex"/> needs: which form Loki finds
/// depends on what Go's parser puts before the bracket, <c>foo|foobar</c> being <c>foo(?:|bar)</c> and <c>bar|baz</c> being <c>ba[rz]</c>.
/// </summary>
internal sealed record RegexTree(RegexKind Kind, string Text, bool IgnoreCase, IReadOnlyList<RegexTree> Parts)
{
    private static readonly RegexTree Empty = Of(RegexKind.Empty);

    /// <summary>The tree; null when there is anything in the pattern that is not in <see cref="RegexKind"/>.</summary>
    internal static RegexTree? Parse(string pattern)
    {
        var ignoreCase = pattern.StartsWith("(?i)", StringComparison.Ordinal);
        var at = ignoreCase ? 4 : 0;
        var tree = Alternatives(pattern, ref at, ignoreCase);
        return at == pattern.Length ? tree : null;
    }

    private static RegexTree Of(RegexKind kind, params IReadOnlyList<RegexTree> parts) => new(kind, "", false, parts);

    private static RegexTree? Alternatives(string pattern, ref int at, bool ignoreCase)
    {
        var legs = new List<RegexTree>();
        do
        {
            if (legs.Count > 0)
                at++;
            if (Sequence(pattern, ref at, ignoreCase) is not { } leg)
                return null;
            legs.Add(leg);
        }
        while (at < pattern.Length && pattern[at] == '|');
        return Alternate(legs);
    }

    private static RegexTree? Sequence(string pattern, ref int at, bool ignoreCase)
    {
        var parts = new List<RegexTree>();
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            if (Atom(pattern, ref at, ignoreCase) is not { } part)
                return null;
            foreach (var one in part.Kind is RegexKind.Concat ? part.Parts : [part])
                Append(parts, one);
        }
        return Concat(parts);
    }

    private static void Append(List<RegexTree> parts, RegexTree part)
    {
        if (part.Kind is RegexKind.Literal && parts.Count > 0 && parts[^1].Kind is RegexKind.Literal)
            parts[^1] = parts[^1] with { Text = parts[^1].Text + part.Text };
        else
            parts.Add(part);
    }

    private static RegexTree Concat(List<RegexTree> parts) => parts.Count switch { 0 => Empty, 1 => parts[0], _ => Of(RegexKind.Concat, parts) };

    private static RegexTree? Atom(string pattern, ref int at, bool ignoreCase)
    {
        var c = pattern[at++];
        if (c == '(')
            return Group(pattern, ref at, ignoreCase);
        if (c == '.')
            return Dot(pattern, ref at);
        if (c == '\\')
        {
            if (at == pattern.Length || !char.IsPunctuation(pattern[at]) && !char.IsSymbol(pattern[at]))
                return null;
            c = pattern[at++];
        }
        else if ("[]{}*+?^$".Contains(c, StringComparison.Ordinal))
        {
            return null;
        }
        return IsRepeated(pattern, at) ? null : new(RegexKind.Literal, c.ToString(), ignoreCase, []);
    }

    private static RegexTree? Dot(string pattern, ref int at)
    {
        if (at == pattern.Length || pattern[at] is not ('*' or '+'))
            return null;
        var kind = pattern[at++] == '*' ? RegexKind.Any : RegexKind.Some;
        // How much a repetition takes at first makes no difference to whether there is a match.
        if (at < pattern.Length && pattern[at] == '?')
            at++;
        return Of(kind);
    }

    private static RegexTree? Group(string pattern, ref int at, bool ignoreCase)
    {
        var isCapture = at == pattern.Length || pattern[at] != '?';
        if (!isCapture && string.CompareOrdinal(pattern, at, "?:", 0, 2) != 0)
            return null;
        at += isCapture ? 0 : 2;
        var inner = Alternatives(pattern, ref at, ignoreCase);
        if (inner is null || at == pattern.Length || pattern[at++] != ')' || IsRepeated(pattern, at))
            return null;
        return isCapture ? Of(RegexKind.Group, inner) : inner;
    }

    private static bool IsRepeated(string pattern, int at) => at < pattern.Length && pattern[at] is '*' or '+' or '?' or '{';

    /// <summary>Alternatives with what they begin with in common put before them, and single characters put into one class.</summary>
    private static RegexTree Alternate(List<RegexTree> legs)
    {
        var factored = new List<RegexTree>();
        for (var i = 0; i < legs.Count;)
        {
            var common = Leading(legs[i]);
            var next = i + 1;
            for (; next < legs.Count && Common(common, Leading(legs[next])) is { Length: > 0 } shared; next++)
                common = shared;
            factored.Add(next == i + 1 ? legs[i] : Concat(Flat(
                new RegexTree(RegexKind.Literal, common, legs[i].IgnoreCase || legs[i].Parts.Any(p => p.IgnoreCase), []),
                Alternate([.. legs[i..next].Select(l => Without(l, common.Length))]))));
            i = next;
        }
        var merged = new List<RegexTree>();
        foreach (var leg in factored)
        {
            if (merged.Count > 0 && IsCharacter(leg) && IsCharacter(merged[^1]))
                merged[^1] = Of(RegexKind.Class);
            else if (merged.Count == 0 || leg.Kind is not RegexKind.Empty || merged[^1].Kind is not RegexKind.Empty)
                merged.Add(leg);
        }
        return merged.Count == 1 ? merged[0] : Of(RegexKind.Alternate, merged);
    }

    private static List<RegexTree> Flat(RegexTree literal, RegexTree rest)
    {
        var parts = new List<RegexTree> { literal };
        parts.AddRange(rest.Kind is RegexKind.Concat ? rest.Parts : [rest]);
        return parts;
    }

    private static bool IsCharacter(RegexTree tree) => tree.Kind is RegexKind.Class || tree is { Kind: RegexKind.Literal, Text.Length: 1 };

    private static string Leading(RegexTree tree) => tree.Kind switch
    {
        RegexKind.Literal => tree.Text,
        RegexKind.Concat => Leading(tree.Parts[0]),
        _ => "",
    };

    private static string Common(string a, string b)
    {
        var length = 0;
        while (length < a.Length && length < b.Length && a[length] == b[length])
            length++;
        return a[..length];
    }

    private static RegexTree Without(RegexTree tree, int count)
    {
        if (tree.Kind is RegexKind.Literal)
            return tree.Text.Length == count ? Empty : tree with { Text = tree.Text[count..] };
        var first = Without(tree.Parts[0], count);
        return Concat(first.Kind is RegexKind.Empty ? [.. tree.Parts.Skip(1)] : [first, .. tree.Parts.Skip(1)]);
    }
}
