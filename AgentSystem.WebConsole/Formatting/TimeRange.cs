using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentSystem.WebConsole.Formatting;

/// <summary>
/// A stretch of time as addresses carry it, in Grafana's words, so that links carry over: <c>from=now-1h&amp;to=now</c>, or Unix milliseconds.
/// </summary>
/// <param name="From">Its beginning, as written.</param>
/// <param name="To">Its end, as written.</param>
public sealed partial record TimeRange(string From, string To)
{
    /// <summary>The last hour.</summary>
    public static TimeRange LastHour { get; } = new("now-1h", "now");

    // Some afternoon in the middle of a week, a month and a year, so that no beginning of one is now.
    private static readonly DateTimeOffset SomeTime = new(2026, 5, 13, 15, 30, 30, TimeSpan.Zero);

    /// <summary>Whether it moves with the time.</summary>
    public bool IsLive => IsRelative(To);

    /// <summary>Whether it reaches to now.</summary>
    public bool EndsNow => To.Trim() == "now";

    /// <summary>Reads what an address has; the default for what is missing or makes no sense.</summary>
    public static TimeRange Parse(string? from, string? to, TimeRange? otherwise = null)
    {
        otherwise ??= LastHour;
        var range = Written(from, to, otherwise);
        return range.MakesSense ? range : otherwise;
    }

    /// <summary>Whether <see cref="Parse"/> takes what an address has.</summary>
    public static bool IsUnderstood(string? from, string? to, TimeRange otherwise) => Written(from, to, otherwise).MakesSense;

    private static TimeRange Written(string? from, string? to, TimeRange otherwise) =>
        new(string.IsNullOrWhiteSpace(from) ? otherwise.From : from, string.IsNullOrWhiteSpace(to) ? otherwise.To : to);

    // Which of a fixed moment and one that moves comes first is another matter each time.
    private bool MakesSense => IsRelative(From) == IsRelative(To)
        ? Resolve(SomeTime) is not null
        : Moments.Read(From, SomeTime, isEnd: false) is not null && Moments.Read(To, SomeTime, isEnd: true) is not null;

    /// <summary>Fixed from here on.</summary>
    public static TimeRange Absolute(DateTimeOffset from, DateTimeOffset to) =>
        new(from.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), to.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Its ends (UTC); null when it makes no sense, for example ends before it begins.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Resolve(DateTimeOffset now) =>
        Moments.Read(From, now, isEnd: false) is { } from && Moments.Read(To, now, isEnd: true) is { } to && from < to ? (from, to) : null;

    /// <summary>For people: <c>Last 1 h</c>, or both ends.</summary>
    public string Describe(DateTimeOffset now)
    {
        if (EndsNow && Relative().Match(From) is { Success: true } ago)
            return $"Last {ago.Groups["count"].Value} {Unit(ago.Groups["unit"].Value)}";
        if (EndsNow && From.Trim() == "now/d")
            return "Today so far";
        return Resolve(now) is { } ends ? $"{Durations.Moment(ends.From)} to {(EndsNow ? "now" : Durations.Moment(ends.To))}" : "No range";
    }

    private static bool IsRelative(string moment) => moment.TrimStart().StartsWith("now", StringComparison.Ordinal);

    private static string Unit(string unit) => unit switch { "m" => "min", _ => unit };

    [GeneratedRegex(@"^now-(?<count>[1-9]\d{0,4})(?<unit>[smhdw])$")]
    private static partial Regex Relative();
}
