using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace AgentSystem.TelemetryStore.Logs;

/// <summary>Makes label names of attribute names, as Prometheus's otlptranslator does for Loki: <c>http.method</c> becomes <c>http_method</c>.</summary>
public static class LabelNames
{
    // A bound for senders that make names up without end.
    private const int MaxKnown = 10_000;

    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <summary>
    /// Each run of characters other than letters and digits becomes one underscore, and a digit in front gets <c>key_</c> before it;
    /// <c>__reserved__</c> keeps its underscores.
    /// </summary>
    /// <returns>False when nothing would be left but underscores.</returns>
    public static bool TryTranslate(string attribute, out string name)
    {
        name = Build(attribute);
        return IsName(name);
    }

    /// <summary>
    /// As <see cref="TryTranslate"/>, and where nothing would be left, as Prometheus escapes names (its scheme <c>values</c>): <c>é</c> becomes
    /// <c>U___e9_</c>. Null for an empty name.
    /// </summary>
    public static string? OrEscaped(string attribute)
    {
        if (attribute.Length == 0)
            return null;
        return TryTranslate(attribute, out var name) ? name : Escape(attribute);
    }

    private static bool IsName(string name) => !name.AsSpan().TrimStart('_').IsEmpty;

    private static string Build(string attribute)
    {
        if (Known.TryGetValue(attribute, out var known))
            return known;
        var name = Translate(attribute);
        if (Known.Count < MaxKnown)
            Known[attribute] = name;
        return name;
    }

    private static string Translate(string attribute)
    {
        var reserved = attribute.Length >= 4 && attribute.StartsWith("__", StringComparison.Ordinal) && attribute.EndsWith("__", StringComparison.Ordinal);
        var name = new StringBuilder(attribute.Length + 4);
        foreach (var c in reserved ? attribute.AsSpan(2, attribute.Length - 4) : attribute)
        {
            if (char.IsAsciiLetterOrDigit(c))
                name.Append(c);
            else if (name.Length == 0 || name[^1] != '_')
                name.Append('_');
        }
        if (reserved)
            name.Insert(0, "__").Append("__");
        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
            name.Insert(0, "key_");
        return name.ToString();
    }

    private static string Escape(string attribute)
    {
        var name = new StringBuilder("U__");
        foreach (var rune in attribute.EnumerateRunes())
        {
            if (rune.Value == '_')
                name.Append("__");
            else
                name.Append('_').Append(rune.Value.ToString("x", CultureInfo.InvariantCulture)).Append('_');
        }
        return name.ToString();
    }
}
