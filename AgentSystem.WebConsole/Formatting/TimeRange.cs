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

    /// <summary>Whether it ends now, so that it moves.</summary>
    public bool IsLive => To.Trim() == "now";

    /// <summary>Reads what an address has; the default for what is missing or makes no sense.</summary>
    public static TimeRange Parse(string? from, string? to, TimeRange? otherwise = null)
    {
        otherwise ??= LastHour;
        var range = new TimeRange(string.IsNullOrWhiteSpace(from) ? otherwise.From : from, string.IsNullOrWhiteSpace(to) ? otherwise.To : to);
        return range.Resolve(DateTimeOffset.UnixEpoch.AddYears(50)) is null ? otherwise : range;
    }

    /// <summary>Fixed from here on.</summary>
    public static TimeRange Absolute(DateTimeOffset from, DateTimeOffset to) =>
        new(from.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), to.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>Its ends (UTC); null when it makes no sense, for example ends before it begins.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Resolve(DateTimeOffset now) =>
        Moment(From, now) is { } from && Moment(To, now) is { } to && from < to ? (from, to) : null;

    /// <summary>For people: <c>Last 1 h</c>, or both ends.</summary>
    public string Describe(DateTimeOffset now)
    {
        if (IsLive && Relative().Match(From) is { Success: true } ago)
            return $"Last {ago.Groups["count"].Value} {Unit(ago.Groups["unit"].Value)}";
        return Resolve(now) is { } ends ? $"{Durations.Moment(ends.From)} to {(IsLive ? "now" : Durations.Moment(ends.To))}" : "No range";
    }

    private static DateTimeOffset? Moment(string text, DateTimeOffset now)
    {
        text = text.Trim();
        if (text == "now")
            return now;
        if (Relative().Match(text) is { Success: true } ago && int.TryParse(ago.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            var back = ago.Groups["unit"].Value switch
            {
                "s" => TimeSpan.FromSeconds(count),
                "m" => TimeSpan.FromMinutes(count),
                "h" => TimeSpan.FromHours(count),
                "w" => TimeSpan.FromDays(7L * count),
                _ => TimeSpan.FromDays(count),
            };
            return back < now - DateTimeOffset.MinValue ? now - back : null;
        }
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
    }

    private static string Unit(string unit) => unit switch { "m" => "min", _ => unit };

    [GeneratedRegex(@"^now-(?<count>[1-9]\d{0,4})(?<unit>[smhdw])$")]
    private static partial Regex Relative();
}
