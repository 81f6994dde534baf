using System.Text;

namespace AgentSystem.WebConsole.Dashboards.Data;

/// <summary>One series of numbers over time.</summary>
/// <param name="RefId">The query that it answers.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Labels">Its labels, with <c>__name__</c> where it has a name.</param>
/// <param name="Times">Milliseconds since 1970, rising.</param>
/// <param name="Values">A value for each moment; not a number where there is none.</param>
public sealed record DataSeries(string RefId, string Name, IReadOnlyDictionary<string, string> Labels, long[] Times, double[] Values)
{
    /// <summary>Whether there is any value.</summary>
    public bool HasValues => Values.Any(v => !double.IsNaN(v));
}

/// <summary>The names of series: what a legend's template makes of their labels.</summary>
public static class SeriesNames
{
    /// <summary>The template that asks for the label that tells the series apart.</summary>
    public const string Auto = "__auto";

    private const string MetricName = "__name__";

    /// <summary>The name of each series of one query.</summary>
    /// <param name="template">With <c>{{label}}</c>; empty for name and labels as Prometheus writes them.</param>
    /// <param name="expression">What a series without any label is called.</param>
    public static IReadOnlyList<string> Of(string template, string expression, IReadOnlyList<IReadOnlyDictionary<string, string>> series)
    {
        if (template == Auto)
        {
            // One label alone needs no name; several do.
            var names = series.SelectMany(s => s.Keys.Where(k => k != MetricName)).Distinct(StringComparer.Ordinal).ToList();
            return [.. series.Select(labels => names.Count == 1 ? labels.GetValueOrDefault(names[0], Text(labels, expression)) : Text(labels, expression))];
        }
        return [.. series.Select(labels => template.Length == 0 ? Text(labels, expression) : Fill(template, labels))];
    }

    /// <summary>Puts the labels into a template; a label that is not there leaves nothing.</summary>
    public static string Fill(string template, IReadOnlyDictionary<string, string> labels)
    {
        var text = new StringBuilder();
        var at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open && template.IndexOf("}}", open, StringComparison.Ordinal) is >= 0 and var close)
        {
            text.Append(template, at, open - at).Append(labels.GetValueOrDefault(template[(open + 2)..close].Trim(), ""));
            at = close + 2;
        }
        return text.Append(template, at, template.Length - at).ToString();
    }

    private static string Text(IReadOnlyDictionary<string, string> labels, string expression)
    {
        var pairs = string.Join(", ", labels.Where(l => l.Key != MetricName).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}=\"{l.Value}\""));
        var name = labels.GetValueOrDefault(MetricName, "");
        return pairs.Length == 0 ? name.Length == 0 ? expression : name : $"{name}{{{pairs}}}";
    }
}
