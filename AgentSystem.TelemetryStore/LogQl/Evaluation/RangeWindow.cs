using AgentSystem.TelemetryStore.LogQl.Pipeline;
using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.LogQl.Evaluation;

/// <summary>The samples of one series that the window of a range aggregation holds, oldest first.</summary>
internal sealed class RangeWindow(LabelSet labels)
{
    private readonly List<Point> _points = [];
    private int _head;

    internal LabelSet Labels => labels;

    internal bool IsEmpty => _head == _points.Count;

    internal ReadOnlySpan<Point> Points => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_points)[_head..];

    internal void Add(Point point) => _points.Add(point);

    /// <summary>Adds to the newest point what will always be counted together with it.</summary>
    internal void AddOrMerge(Point point, Func<long, long, bool> isSame)
    {
        if (!IsEmpty && isSame(_points[^1].TimestampNanos, point.TimestampNanos))
            _points[^1] = new(point.TimestampNanos, _points[^1].Value + point.Value, _points[^1].Count + 1);
        else
            _points.Add(point);
    }

    /// <summary>Forgets what is not younger than <paramref name="nanos"/>.</summary>
    internal void DropUpTo(long nanos)
    {
        while (_head < _points.Count && _points[_head].TimestampNanos <= nanos)
            _head++;
        if (_head > 1024 && _head > _points.Count / 2)
        {
            _points.RemoveRange(0, _head);
            _head = 0;
        }
    }

    /// <param name="TimestampNanos">The time of the newest line in it.</param>
    /// <param name="Value">The sample, or the sum of several.</param>
    /// <param name="Count">How many lines.</param>
    internal readonly record struct Point(long TimestampNanos, double Value, int Count = 1);
}

/// <summary>What range aggregations calculate of the samples in their window.</summary>
internal static class RangeFunctions
{
    internal static double Apply(RangeAggregation range, ReadOnlySpan<RangeWindow.Point> points)
    {
        var seconds = (range.Range.IntervalNanos / GoDuration.Second) + (range.Range.IntervalNanos % GoDuration.Second / 1e9);
        return range.Operation switch
        {
            "count_over_time" => Count(points),
            "rate" => (range.Range.Unwrap is null ? Count(points) : Sum(points)) / seconds,
            "bytes_over_time" or "sum_over_time" => Sum(points),
            "bytes_rate" => Sum(points) / seconds,
            "avg_over_time" => Average(points),
            "min_over_time" => Extreme(points, (value, best) => value < best),
            "max_over_time" => Extreme(points, (value, best) => value > best),
            "stdvar_over_time" => Variance(points),
            "stddev_over_time" => Math.Sqrt(Variance(points)),
            "quantile_over_time" => Quantile(range.Parameter ?? double.NaN, points),
            "first_over_time" => points[0].Value,
            "last_over_time" => points[^1].Value,
            "absent_over_time" => 1,
            _ => throw new LogQlException($"unsupported range vector aggregation operation: {range.Operation}"),
        };
    }

    private static double Count(ReadOnlySpan<RangeWindow.Point> points)
    {
        long count = 0;
        foreach (var point in points)
            count += point.Count;
        return count;
    }

    private static double Sum(ReadOnlySpan<RangeWindow.Point> points)
    {
        double sum = 0;
        foreach (var point in points)
            sum += point.Value;
        return sum;
    }

    /// <summary>A running mean, which cannot overflow; it stays infinite once it is.</summary>
    private static double Average(ReadOnlySpan<RangeWindow.Point> points)
    {
        double mean = 0, count = 0;
        foreach (var point in points)
        {
            count++;
            if (double.IsInfinity(mean) && !double.IsNaN(point.Value) && (double.IsFinite(point.Value) || double.IsPositive(mean) == double.IsPositive(point.Value)))
                continue;
            mean += (point.Value / count) - (mean / count);
        }
        return mean;
    }

    private static double Extreme(ReadOnlySpan<RangeWindow.Point> points, Func<double, double, bool> isBetter)
    {
        var best = points[0].Value;
        foreach (var point in points)
        {
            if (isBetter(point.Value, best) || double.IsNaN(best))
                best = point.Value;
        }
        return best;
    }

    /// <summary>Welford's algorithm.</summary>
    private static double Variance(ReadOnlySpan<RangeWindow.Point> points)
    {
        double squares = 0, count = 0, mean = 0;
        foreach (var point in points)
        {
            count++;
            var delta = point.Value - mean;
            mean += delta / count;
            squares += delta * (point.Value - mean);
        }
        return squares / count;
    }

    /// <summary>Between two samples their weighted average.</summary>
    private static double Quantile(double q, ReadOnlySpan<RangeWindow.Point> points)
    {
        if (q < 0)
            return double.NegativeInfinity;
        if (q > 1)
            return double.PositiveInfinity;
        var values = new double[points.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = points[i].Value;
        Array.Sort(values);
        var rank = q * (values.Length - 1);
        var lower = (int)Math.Max(0, Math.Floor(rank));
        var upper = Math.Min(values.Length - 1, lower + 1);
        var weight = rank - Math.Floor(rank);
        return (values[lower] * (1 - weight)) + (values[upper] * weight);
    }
}

/// <summary>A metric query met a line that its pipeline could not read.</summary>
internal static class PipelineErrors
{
    internal static void Check(LabelSet labels)
    {
        if (labels[EntryLabels.ErrorLabel] is { } error && labels[EntryLabels.PreserveErrorLabel] != "true")
            throw new LogQlException(
                $"pipeline error: '{error}' for series: '{labels}'.\n"
                + $"Use a label filter to intentionally skip this error. (e.g | __error__!=\"{error}\").\n"
                + "To skip all potential errors you can match empty errors.(e.g __error__=\"\")\n"
                + "The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__=\"\" )\n");
    }
}
