namespace AgentSystem.WebConsole.Dashboards.Time;

/// <summary>
/// How finely a range is looked at, as Grafana calculates it: the range is cut into at most so many pieces, the piece is rounded to a length
/// that people count in, and it is never shorter than the data source collects. Sources: <c>roundInterval</c> in <c>grafana-data</c>,
/// <c>calculatePrometheusInterval</c> and <c>calculateRateInterval</c> in <c>promlib</c>.
/// </summary>
/// <param name="Step">The step of the query, and <c>$__interval</c>.</param>
/// <param name="RateInterval"><c>$__rate_interval</c>: long enough for <c>rate()</c> to see four samples.</param>
public sealed record Steps(TimeSpan Step, TimeSpan RateInterval)
{
    /// <summary>Prometheus refuses ranges of more steps than this.</summary>
    private const int MostSteps = 11_000;

    // An interval below the limit is rounded to the length, in milliseconds.
    private static readonly (double Below, long Length)[] Rounding =
    [
        (10, 1), (15, 10), (35, 20), (75, 50), (150, 100), (350, 200), (750, 500), (1_500, 1_000), (3_500, 2_000), (7_500, 5_000), (12_500, 10_000),
        (17_500, 15_000), (25_000, 20_000), (45_000, 30_000), (90_000, 60_000), (210_000, 120_000), (450_000, 300_000), (750_000, 600_000),
        (1_050_000, 900_000), (1_500_000, 1_200_000), (2_700_000, 1_800_000), (5_400_000, 3_600_000), (9_000_000, 7_200_000), (16_200_000, 10_800_000),
        (32_400_000, 21_600_000), (86_400_000, 43_200_000), (604_800_000, 86_400_000), (1_814_400_000, 604_800_000), (3_628_800_000, 2_592_000_000),
        (double.PositiveInfinity, 31_536_000_000),
    ];

    /// <summary>Calculates the steps of one query.</summary>
    /// <param name="range">The range that is looked at.</param>
    /// <param name="maxDataPoints">How many pieces it is cut into at most.</param>
    /// <param name="scrapeInterval">How often the data source collects.</param>
    /// <param name="panelMin">The panel's least interval.</param>
    /// <param name="queryMin">The query's own least step.</param>
    /// <param name="factor">The step is this many times as long.</param>
    public static Steps Of(TimeSpan range, int maxDataPoints, TimeSpan scrapeInterval, TimeSpan? panelMin = null, TimeSpan? queryMin = null, int factor = 1)
    {
        var interval = Longer(Rounded(range / Math.Max(1, maxDataPoints)), panelMin ?? scrapeInterval);
        var wanted = queryMin is { } least ? Longer(Rounded(range / Math.Max(1, maxDataPoints)), least) : interval;
        var step = Longer(wanted, Rounded(range / MostSteps)) * factor;
        var scrape = queryMin ?? scrapeInterval;
        return new(step, Longer(interval + scrape, 4 * scrape));
    }

    /// <summary>The length that an interval is rounded to.</summary>
    public static TimeSpan Rounded(TimeSpan interval) => TimeSpan.FromMilliseconds(Rounding.First(r => interval.TotalMilliseconds < r.Below).Length);

    /// <summary>The moment moved back to a multiple of the step, so that two looks at the same range ask for the same samples.</summary>
    public static DateTimeOffset Align(DateTimeOffset moment, TimeSpan step)
    {
        var milliseconds = Math.Max(1, (long)step.TotalMilliseconds);
        var at = moment.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds(at - (((at % milliseconds) + milliseconds) % milliseconds));
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
