namespace AgentSystem.WebConsole.Dashboards.Data;

/// <summary>Makes one number of a series, by Grafana's names for the ways to do it. Moments without a value are passed over.</summary>
public static class Reducer
{
    private static readonly Dictionary<string, (string Title, Func<IReadOnlyList<double>, double?> Of)> Ways = new(StringComparer.Ordinal)
    {
        ["lastNotNull"] = ("Last *", values => values[^1]),
        ["firstNotNull"] = ("First *", values => values[0]),
        ["min"] = ("Min", values => values.Min()),
        ["max"] = ("Max", values => values.Max()),
        ["mean"] = ("Mean", values => values.Average()),
        ["sum"] = ("Total", values => values.Sum()),
        ["count"] = ("Count", values => values.Count),
        ["range"] = ("Range", values => values.Max() - values.Min()),
        ["diff"] = ("Difference", values => values[^1] - values[0]),
        ["diffperc"] = ("Difference percent", values => values[0] == 0 ? null : (values[^1] - values[0]) / values[0]),
        ["delta"] = ("Delta", Delta),
        ["median"] = ("Median", values => Percentile(values, 50)),
        ["logmin"] = ("Min (above zero)", values => values.Where(v => v > 0).Select(v => (double?)v).Min()),
        ["changeCount"] = ("Change count", values => values.Zip(values.Skip(1)).Count(pair => !pair.First.Equals(pair.Second))),
        ["distinctCount"] = ("Distinct count", values => values.Distinct().Count()),
        ["variance"] = ("Variance", Variance),
        ["stdDev"] = ("StdDev", values => Math.Sqrt(Variance(values) ?? 0)),
    };

    /// <summary>The calculation's name for people, or null when there is no such calculation.</summary>
    public static string? Title(string calc) =>
        calc is "last" ? "Last" : calc is "first" ? "First" : Ways.TryGetValue(calc, out var way) ? way.Title : Rank(calc) is { } rank ? $"{rank}{Ordinal(rank)} %" : null;

    /// <summary>The number; null when the series has none.</summary>
    /// <exception cref="Model.DashboardException">There is no such calculation.</exception>
    public static double? Reduce(IReadOnlyList<double> values, string calc)
    {
        // The two that look at a moment whether it has a value or not.
        if (calc is "last" or "first")
            return values.Count == 0 || double.IsNaN(values[calc == "last" ? ^1 : 0]) ? null : values[calc == "last" ? ^1 : 0];
        var numbers = values.Where(v => !double.IsNaN(v)).ToList();
        if (Ways.TryGetValue(calc, out var way))
            return numbers.Count == 0 ? calc is "count" or "sum" or "changeCount" or "distinctCount" ? 0 : null : way.Of(numbers);
        return Rank(calc) is { } rank ? numbers.Count == 0 ? null : Percentile(numbers, rank) : throw new Model.DashboardException($"Not supported: the calculation {calc}.");
    }

    private static int? Rank(string calc) =>
        calc.Length is 2 or 3 && calc[0] == 'p' && int.TryParse(calc.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture, out var rank) && rank is > 0 and < 100 ? rank : null;

    private static string Ordinal(int rank) => (rank % 100 is >= 11 and <= 13 ? 0 : rank % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" };

    // The nearest rank, as Grafana takes it.
    private static double? Percentile(IReadOnlyList<double> values, int rank)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Floor(sorted.Count * rank / 100.0) is var at && at >= sorted.Count ? sorted.Count - 1 : at];
    }

    private static double? Variance(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean)) / values.Count;
    }

    // How far a counter came, whose restarts begin at zero again.
    private static double? Delta(IReadOnlyList<double> values)
    {
        var total = 0d;
        for (var i = 1; i < values.Count; i++)
            total += values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
        return total;
    }
}
