using System.Text.RegularExpressions;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Variables;

/// <summary>What a query variable asks its data source for.</summary>
/// <param name="Kind">The question.</param>
/// <param name="Argument">A selector, an expression or a regular expression, depending on the question; empty for all.</param>
/// <param name="Label">The label whose values are asked for.</param>
public sealed partial record VariableQuery(VariableQueryKind Kind, string Argument, string Label)
{
    /// <summary>Reads <c>label_values(selector, label)</c> and its kin; anything else is a selector whose series are asked for.</summary>
    public static VariableQuery Read(string query)
    {
        var text = query.Trim();
        if (LabelNames().Match(text) is { Success: true } names)
            return new(VariableQueryKind.LabelNames, names.Groups[1].Value.Trim(), "");
        if (LabelValues().Match(text) is { Success: true } values)
            return new(VariableQueryKind.LabelValues, values.Groups[1].Success ? values.Groups[1].Value.Trim().TrimEnd(',').Trim() : "", values.Groups[2].Value);
        if (Metrics().Match(text) is { Success: true } metrics)
            return new(VariableQueryKind.MetricNames, metrics.Groups[1].Value.Trim(), "");
        return QueryResult().Match(text) is { Success: true } result
            ? new(VariableQueryKind.QueryResult, result.Groups[1].Value.Trim(), "")
            : new(VariableQueryKind.Series, text, "");
    }

    /// <summary>
    /// The choices that an answer offers: those that <paramref name="regex"/> finds, by its first group or by its groups <c>text</c> and
    /// <c>value</c>, without repetition, in the variable's order.
    /// </summary>
    public static IReadOnlyList<Choice> Choices(IEnumerable<string> answer, string regex, VariableSort sort)
    {
        var choices = answer.Select(a => new Choice(a, a));
        if (regex.Length > 0)
        {
            var pattern = GrafanaRegex.Of(regex, TimeSpan.FromMilliseconds(100));
            choices = choices.Select(c => pattern.Match(c.Value)).Where(m => m.Success).Select(Chosen);
        }
        return Sorted(choices.DistinctBy(c => c.Value), sort);
    }

    private static Choice Chosen(Match match)
    {
        var (text, value) = (match.Groups["text"], match.Groups["value"]);
        if (text.Success || value.Success)
            return new((text.Success ? text : value).Value, (value.Success ? value : text).Value);
        var found = match.Groups.Count > 1 ? match.Groups[1].Value : match.Value;
        return new(found, found);
    }

    private static List<Choice> Sorted(IEnumerable<Choice> choices, VariableSort sort) => sort switch
    {
        VariableSort.Alphabetical => [.. choices.OrderBy(c => c.Text, StringComparer.Ordinal)],
        VariableSort.AlphabeticalDescending => [.. choices.OrderByDescending(c => c.Text, StringComparer.Ordinal)],
        VariableSort.Numerical => [.. choices.OrderBy(c => Number(c.Text))],
        VariableSort.NumericalDescending => [.. choices.OrderByDescending(c => Number(c.Text))],
        VariableSort.IgnoringCase => [.. choices.OrderBy(c => c.Text, StringComparer.OrdinalIgnoreCase)],
        VariableSort.IgnoringCaseDescending => [.. choices.OrderByDescending(c => c.Text, StringComparer.OrdinalIgnoreCase)],
        VariableSort.Natural => [.. choices.Order(Comparer<Choice>.Create((a, b) => Natural(a.Text, b.Text)))],
        VariableSort.NaturalDescending => [.. choices.OrderDescending(Comparer<Choice>.Create((a, b) => Natural(a.Text, b.Text)))],
        _ => [.. choices],
    };

    // A text without a number comes before all that have one.
    private static double Number(string text) =>
        FirstNumber().Match(text) is { Success: true } match && double.TryParse(match.ValueSpan, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : -1;

    // Runs of digits are compared as numbers, so that worker-2 comes before worker-10.
    private static int Natural(string a, string b)
    {
        var (left, right) = (Runs().Matches(a), Runs().Matches(b));
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            var (x, y) = (left[i].Value, right[i].Value);
            var order = char.IsAsciiDigit(x[0]) && char.IsAsciiDigit(y[0])
                ? System.Numerics.BigInteger.Parse(x, System.Globalization.CultureInfo.InvariantCulture).CompareTo(System.Numerics.BigInteger.Parse(y, System.Globalization.CultureInfo.InvariantCulture))
                : string.Compare(x, y, StringComparison.OrdinalIgnoreCase);
            if (order != 0)
                return order;
        }
        return left.Count != right.Count ? left.Count.CompareTo(right.Count) : string.CompareOrdinal(a, b);
    }

    [GeneratedRegex(@"^label_names\((.*)\)$", RegexOptions.Singleline)]
    private static partial Regex LabelNames();

    [GeneratedRegex(@"^label_values\((?:(.+,)\s*)?([a-zA-Z_$][a-zA-Z0-9_${}]*)\s*\)$", RegexOptions.Singleline)]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"^metrics\((.*)\)$", RegexOptions.Singleline)]
    private static partial Regex Metrics();

    [GeneratedRegex(@"^query_result\((.*)\)$", RegexOptions.Singleline)]
    private static partial Regex QueryResult();

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex FirstNumber();

    [GeneratedRegex(@"[0-9]+|[^0-9]+")]
    private static partial Regex Runs();
}

/// <summary>The questions that query variables can ask.</summary>
public enum VariableQueryKind
{
    LabelNames,
    LabelValues,
    MetricNames,
    QueryResult,
    Series,
}
