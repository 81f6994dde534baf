using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Dashboards.Queries;

/// <summary>The moments of a query, one step apart.</summary>
internal static class Grid
{
    /// <summary>Puts points on the query's grid, so that a step without a value is a gap and all series have the same moments.</summary>
    /// <param name="series">The points.</param>
    /// <param name="query">Whose grid it is.</param>
    /// <param name="beyond">How many steps the query was asked for beyond its end.</param>
    public static (IReadOnlyDictionary<string, string> Labels, long[] Times, double[] Values) Place(Series series, PlannedQuery query, int beyond = 0)
    {
        var (start, step) = (query.From.ToUnixTimeMilliseconds(), (long)query.Step.TotalMilliseconds);
        var times = new long[((query.To.ToUnixTimeMilliseconds() - start) / step) + 1 + beyond];
        for (var i = 0; i < times.Length; i++)
            times[i] = start + (i * step);
        var values = new double[times.Length];
        Array.Fill(values, double.NaN);
        foreach (var point in series.Points)
        {
            var at = (point.At.ToUnixTimeMilliseconds() - start + (step / 2)) / step;
            if (at >= 0 && at < values.Length)
                values[at] = point.Value;
        }
        return (series.Labels, times, values);
    }
}
