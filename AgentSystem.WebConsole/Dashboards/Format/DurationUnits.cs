using System.Globalization;

namespace AgentSystem.WebConsole.Dashboards.Format;

/// <summary>Grafana's units of time: each value is written in the largest unit that leaves at least one of it.</summary>
internal static class DurationUnits
{
    private const double Minute = 60, Hour = 3600, Day = 86400, Week = 604800, Year = 31536000;

    // Grafana divides seconds by the tropical year, though it begins to speak of years after 365 days.
    private const double TropicalYear = 3.15569e7;

    private static readonly (string Name, double Milliseconds)[] Spans =
        [("year", Year * 1000), ("month", 2592000000), ("week", Week * 1000), ("day", Day * 1000), ("hour", Hour * 1000), ("minute", Minute * 1000), ("second", 1000), ("millisecond", 1)];

    internal static IEnumerable<(string Id, Units.Formatter Formatter)> All =>
    [
        ("s", Seconds),
        ("ns", (value, decimals) => Steps(value, decimals, (1e3, 1, " ns"), (1e6, 1e3, " µs"), (1e9, 1e6, " ms"), (6e10, 1e9, " s"), (3.6e12, 6e10, " min"), (8.64e13, 3.6e12, " hour"), (double.PositiveInfinity, 8.64e13, " day"))),
        ("µs", (value, decimals) => Steps(value, decimals, (1e3, 1, " µs"), (1e6, 1e3, " ms"), (double.PositiveInfinity, 1e6, " s"))),
        ("ms", (value, decimals) => Steps(value, decimals, (1e3, 1, " ms"), (6e4, 1e3, " s"), (3.6e6, 6e4, " min"), (8.64e7, 3.6e6, " hour"), (Year * 1000, 8.64e7, " day"), (double.PositiveInfinity, Year * 1000, " year"))),
        ("m", (value, decimals) => Steps(value, decimals, (60, 1, " min"), (1440, 60, " hour"), (10080, 1440, " day"), (604800, 10080, " week"), (double.PositiveInfinity, 5.25948e5, " year"))),
        ("h", (value, decimals) => Steps(value, decimals, (24, 1, " hour"), (168, 24, " day"), (8760, 168, " week"), (double.PositiveInfinity, 8760, " year"))),
        ("d", (value, decimals) => Steps(value, decimals, (7, 1, " day"), (365, 7, " week"), (double.PositiveInfinity, 365, " year"))),
        ("dtdurations", (value, decimals) => Spoken(value * 1000, decimals, "seconds")),
        ("dtdurationms", (value, decimals) => Spoken(value, decimals, "milliseconds")),
        ("dthms", (value, _) => HoursMinutesSeconds(value)),
        ("dtdhms", (value, _) => DaysHoursMinutesSeconds(value)),
        ("clocks", (value, decimals) => Clock(value * 1000, decimals)),
        ("clockms", Clock),
    ];

    private static FormattedValue Seconds(double value, int? decimals) => value == 0
        ? new("0", " s")
        : Steps(value, decimals, (1e-6, 1e-9, " ns"), (1e-3, 1e-6, " µs"), (1, 1e-3, " ms"), (Minute, 1, " s"), (Hour, Minute, " min"), (Day, Hour, " hour"), (Week, Day, " day"), (Year, Week, " week"), (double.PositiveInfinity, TropicalYear, " year"));

    /// <summary>The first step whose limit is above the value says what to divide it by.</summary>
    private static FormattedValue Steps(double value, int? decimals, params ReadOnlySpan<(double Limit, double Unit, string Suffix)> steps)
    {
        foreach (var (limit, unit, suffix) in steps)
            if (Math.Abs(value) < limit)
                return new(Digits.Text(unit < 1 ? value * Math.Round(1 / unit) : value / unit, decimals), suffix);
        return new(Digits.Text(value)); // infinite, or not a number
    }

    private static FormattedValue Spoken(double milliseconds, int? decimals, string unit)
    {
        if (!double.IsFinite(milliseconds))
            return new(Digits.Text(milliseconds));
        var left = Math.Abs(milliseconds);
        if (left < 1)
            return new("0", " " + unit);
        var words = new List<string>();
        foreach (var (name, span) in Spans)
        {
            if (words.Count > (decimals ?? 0))
                break;
            if (left < span && words.Count == 0)
                continue;
            var count = Math.Floor(left / span);
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {name}{(count == 1 ? "" : "s")}"));
            left %= span;
        }
        return new(string.Join(", ", words), milliseconds < 0 ? " ago" : "");
    }

    private static FormattedValue HoursMinutesSeconds(double seconds)
    {
        if (!double.IsFinite(seconds))
            return new(Digits.Text(seconds));
        var whole = (long)Math.Floor(Math.Abs(seconds));
        return new(string.Create(CultureInfo.InvariantCulture, $"{whole / 3600:00}:{whole % 3600 / 60:00}:{whole % 60:00}"), seconds < 0 ? " ago" : "");
    }

    private static FormattedValue DaysHoursMinutesSeconds(double seconds)
    {
        if (!double.IsFinite(seconds))
            return new(Digits.Text(seconds));
        var days = Math.Floor(Math.Abs(seconds) / Day);
        var rest = HoursMinutesSeconds(Math.Abs(seconds) - (days * Day));
        return new(days > 0 ? string.Create(CultureInfo.InvariantCulture, $"{days} d {rest.Text}") : rest.Text, seconds < 0 ? " ago" : "");
    }

    // "02m:05s:000ms"; decimals say how many parts are written after the first.
    private static FormattedValue Clock(double milliseconds, int? decimals)
    {
        if (!double.IsFinite(milliseconds))
            return new(Digits.Text(milliseconds));
        var whole = (long)milliseconds;
        string[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"{whole / 3600000}h"), string.Create(CultureInfo.InvariantCulture, $"{whole / 60000 % 60:00}m"),
            string.Create(CultureInfo.InvariantCulture, $"{whole / 1000 % 60:00}s"), string.Create(CultureInfo.InvariantCulture, $"{whole % 1000:000}ms"),
        ];
        var first = whole < 1000 ? 3 : whole < 60000 ? 2 : whole < 3600000 ? 1 : 0;
        return new(string.Join(':', parts[first..Math.Min(4, decimals is { } more ? first + more + 1 : 4)]));
    }
}
