using System.Globalization;

namespace AgentSystem.WebConsole.Logs;

/// <summary>A time in equal pieces.</summary>
/// <param name="From">Beginning of the first (UTC).</param>
/// <param name="To">End of the last (UTC).</param>
/// <param name="Step">Length of each.</param>
public sealed record LogBuckets(DateTimeOffset From, DateTimeOffset To, TimeSpan Step)
{
    private static readonly int[] Seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

    /// <summary>How many there are.</summary>
    public int Count => (int)((To - From) / Step);

    /// <summary>As many as a screen has room for; their ends are round, so that they stay where they are while time goes on.</summary>
    public static LogBuckets Of(DateTimeOffset from, DateTimeOffset to, int most = 60)
    {
        var seconds = Seconds.FirstOrDefault(step => (to - from).TotalSeconds / step <= most - 2, 0);
        var step = seconds > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromDays(Math.Ceiling((to - from).TotalDays / (most - 2)));
        var first = new DateTimeOffset(from.UtcTicks / step.Ticks * step.Ticks, TimeSpan.Zero);
        return new(first, first + step * Math.Ceiling((to - first) / step), step);
    }
}

/// <summary>A line of numbers.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Points">A number is of the time that ends at its moment (UTC).</param>
public sealed record VolumeSeries(string Name, IReadOnlyList<KeyValuePair<DateTimeOffset, double>> Points);

/// <summary>Numbers over time, as bars on each other.</summary>
/// <param name="Buckets">The time.</param>
/// <param name="Names">What they are of; the lowest first.</param>
/// <param name="Bars">For each piece of time the number of each.</param>
public sealed record LogVolume(LogBuckets Buckets, IReadOnlyList<string> Names, IReadOnlyList<IReadOnlyList<double>> Bars)
{
    private const int MaxSeries = 8;

    /// <summary>The highest bar.</summary>
    public double Highest => Bars.Count == 0 ? 0 : Bars.Max(bar => bar.Sum());

    /// <summary>All of them together.</summary>
    public double Total => Bars.Sum(bar => bar.Sum());

    /// <summary>The query that counts the lines of another one, by level.</summary>
    public static string QueryFor(string query, TimeSpan step) =>
        string.Create(CultureInfo.InvariantCulture, $"sum by (detected_level) (count_over_time({query} [{step.TotalSeconds}s]))");

    /// <summary>A query for numbers whose ranges are as long as a bar where it says <c>$__auto</c> or <c>$__interval</c>, as Grafana has it.</summary>
    public static string WithStep(string query, TimeSpan step)
    {
        ArgumentNullException.ThrowIfNull(query);
        var range = string.Create(CultureInfo.InvariantCulture, $"{step.TotalSeconds}s");
        return query.Replace("$__auto", range, StringComparison.Ordinal).Replace("$__interval", range, StringComparison.Ordinal);
    }

    /// <summary>Puts numbers into their places. What is more than a picture can tell apart is one of "others".</summary>
    public static LogVolume Of(LogBuckets buckets, IEnumerable<VolumeSeries> series)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        var sorted = series.OrderBy(one => one.Name, StringComparer.Ordinal).ToList();
        var names = sorted.Count <= MaxSeries ? [.. sorted.Select(one => one.Name)] : sorted.Take(MaxSeries - 1).Select(one => one.Name).Append("others").ToArray();
        var bars = Enumerable.Range(0, buckets.Count).Select(_ => new double[names.Length]).ToArray();
        foreach (var (place, one) in sorted.Index())
        {
            foreach (var (at, value) in one.Points)
            {
                var bar = (int)Math.Round((at - buckets.From) / buckets.Step) - 1;
                if (bar >= 0 && bar < bars.Length && double.IsFinite(value))
                    bars[bar][Math.Min(place, names.Length - 1)] += Math.Max(0, value);
            }
        }
        return new(buckets, names, bars);
    }

    /// <summary>What a series is of: the value of its only label, or all labels.</summary>
    public static string NameOf(IReadOnlyDictionary<string, string> metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return metric.Count switch
        {
            0 => "value",
            1 => metric.Values.First() is { Length: > 0 } only ? only : "unknown",
            _ => string.Join(", ", metric.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")),
        };
    }

    /// <summary>The tone of a level, as a word for style sheets.</summary>
    public static string ToneOf(string level) => level.ToUpperInvariant() switch
    {
        "ERROR" or "CRITICAL" or "FATAL" => "bad",
        "WARN" or "WARNING" => "warning",
        "INFO" or "INFORMATION" => "busy",
        _ => "off",
    };
}
