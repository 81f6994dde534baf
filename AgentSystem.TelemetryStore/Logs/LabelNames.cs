using System.Collections.Concurrent;
using AgentSystem.TelemetryStore.Otlp;

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
    /// <exception cref="OtlpFormatException">Nothing would be left but underscores.</exception>
    public static string Of(string attribute)
    {
        if (Known.TryGetValue(attribute, out var known))
            return known;
        var name = Build(attribute);
        if (Known.Count < MaxKnown)
            Known[attribute] = name;
        return name;
    }

    private static string Build(string attribute)
    {
        var reserved = attribute.Length >= 4 && attribute.StartsWith("__", StringComparison.Ordinal) && attribute.EndsWith("__", StringComparison.Ordinal);
        var name = new System.Text.StringBuilder(attribute.Length + 4);
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
        var text = name.ToString();
        return text.AsSpan().TrimStart('_').IsEmpty ? throw new OtlpFormatException($"No label can be named after the attribute '{attribute}'.") : text;
    }
}
