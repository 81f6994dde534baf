using System.Globalization;

namespace AgentSystem.WebConsole.Dashboards.Data;

/// <summary>A heatmap: how many events fell into each bucket at each moment.</summary>
/// <param name="Bounds">The buckets' upper bounds, rising; the last may be infinite.</param>
/// <param name="Counts">For each bucket, a count for each moment; not a number where there is none.</param>
public sealed record Buckets(long[] Times, IReadOnlyList<double> Bounds, IReadOnlyList<double[]> Counts)
{
    /// <summary>
    /// Makes buckets of a histogram's series, whose counts include those of all smaller buckets. Prometheus 3 writes the bound 30 as
    /// <c>30.0</c>, earlier ones as <c>30</c>; both are the number.
    /// </summary>
    /// <exception cref="Model.DashboardException">A series has no <c>le</c>.</exception>
    public static Buckets Of(IReadOnlyList<DataSeries> series)
    {
        if (series.Count == 0)
            return new([], [], []);
        var sorted = series.Select(s => (Series: s, Bound: Bound(s))).OrderBy(s => s.Bound).ToList();
        if (sorted.Zip(sorted.Skip(1)).Any(pair => pair.First.Bound.Equals(pair.Second.Bound)))
            throw new Model.DashboardException("A heatmap needs one series for each bucket: sum by (le) what has other labels.");
        var times = series.SelectMany(s => s.Times).Distinct().Order().ToArray();
        var place = times.Select((at, i) => (at, i)).ToDictionary(p => p.at, p => p.i);
        var counts = new List<double[]>();
        var below = new double[times.Length];
        foreach (var (one, _) in sorted)
        {
            var own = new double[times.Length];
            Array.Fill(own, double.NaN);
            for (var i = 0; i < one.Times.Length; i++)
            {
                if (double.IsNaN(one.Values[i]))
                    continue;
                var at = place[one.Times[i]];
                // Buckets are scraped one after the other, so a smaller one may be ahead for a moment.
                own[at] = Math.Max(0, one.Values[i] - below[at]);
                below[at] = Math.Max(below[at], one.Values[i]);
            }
            counts.Add(own);
        }
        return new(times, [.. sorted.Select(s => s.Bound)], counts);
    }

    private static double Bound(DataSeries series)
    {
        var text = series.Labels.GetValueOrDefault("le", series.Name);
        return text == "+Inf" ? double.PositiveInfinity
            : double.TryParse(text, CultureInfo.InvariantCulture, out var bound) ? bound
            : throw new Model.DashboardException($"A heatmap needs series with the label le; '{series.Name}' has none.");
    }
}
