using System.Globalization;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Time;

/// <summary>A range of time as dashboards and addresses write it, and the moments that it means now.</summary>
/// <param name="RawFrom">As written: <c>now-6h</c>, <c>now/d</c>, milliseconds since 1970, or ISO 8601.</param>
public sealed record TimeWindow(string RawFrom, string RawTo, DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To - From;

    /// <summary>The range moves with time.</summary>
    public bool IsRelative => RawTo.StartsWith("now", StringComparison.Ordinal) || RawFrom.StartsWith("now", StringComparison.Ordinal);

    /// <summary>Reads a range.</summary>
    /// <exception cref="DashboardException">It is none, or it is empty.</exception>
    public static TimeWindow Read(string from, string to, DateTimeOffset now)
    {
        var range = new TimeWindow(from, to, Moment(from, now, end: false), Moment(to, now, end: true));
        return range.To > range.From ? range : throw new DashboardException($"The range from {from} to {to} is empty: it ends before it begins.");
    }

    /// <summary>The range of a panel that has its own length or lies earlier.</summary>
    /// <param name="timeFrom">Its length, as <c>1h</c> or <c>now-1h</c>.</param>
    /// <param name="timeShift">How much earlier it lies.</param>
    public TimeWindow For(string? timeFrom, string? timeShift)
    {
        var range = this;
        if (timeFrom is not null)
            range = range with { From = To - Duration(timeFrom) };
        return timeShift is null ? range : range with { From = range.From - Duration(timeShift), To = range.To - Duration(timeShift) };

        static TimeSpan Duration(string text) => Intervals.Read(text.StartsWith("now-", StringComparison.Ordinal) ? text[4..] : text);
    }

    private static DateTimeOffset Moment(string text, DateTimeOffset now, bool end)
    {
        if (text.StartsWith("now", StringComparison.Ordinal))
            return Relative(text, now, end);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 250_000_000_000_000)
            return DateTimeOffset.FromUnixTimeMilliseconds(number);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : throw Wrong(text);
    }

    // now, then any number of +N<unit>, -N<unit> and /<unit>; the last rounds to the unit's begin, or to its end for the end of a range.
    private static DateTimeOffset Relative(string text, DateTimeOffset now, bool end)
    {
        var moment = now.ToUniversalTime();
        var rest = text.AsSpan(3);
        while (rest.Length > 0)
        {
            var sign = rest[0];
            var digits = 1;
            while (digits < rest.Length && char.IsAsciiDigit(rest[digits]))
                digits++;
            if (digits >= rest.Length || sign is not ('+' or '-' or '/') || digits > 6)
                throw Wrong(text);
            var count = digits == 1 ? 1 : int.Parse(rest[1..digits], CultureInfo.InvariantCulture);
            try
            {
                moment = sign == '/' ? digits == 1 ? Round(moment, rest[digits], end) : throw Wrong(text) : Add(moment, rest[digits], sign == '-' ? -count : count);
            }
            catch (ArgumentOutOfRangeException)
            {
                throw Wrong(text);
            }
            rest = rest[(digits + 1)..];
        }
        return moment;

        DateTimeOffset Add(DateTimeOffset at, char unit, int count) => unit switch
        {
            's' => at.AddSeconds(count),
            'm' => at.AddMinutes(count),
            'h' => at.AddHours(count),
            'd' => at.AddDays(count),
            'w' => at.AddDays(7 * count),
            'M' => at.AddMonths(count),
            'Q' => at.AddMonths(3 * count),
            'y' => at.AddYears(count),
            _ => throw Wrong(text),
        };

        DateTimeOffset Round(DateTimeOffset at, char unit, bool up)
        {
            var day = new DateTimeOffset(at.Date, TimeSpan.Zero);
            var begin = unit switch
            {
                's' => day.AddSeconds(Math.Floor(at.TimeOfDay.TotalSeconds)),
                'm' => day.AddMinutes(Math.Floor(at.TimeOfDay.TotalMinutes)),
                'h' => day.AddHours(at.Hour),
                'd' => day,
                'w' => day.AddDays(-(int)at.DayOfWeek), // weeks begin on Sunday, as in Grafana's default locale
                'M' => day.AddDays(1 - at.Day),
                'Q' => day.AddDays(1 - at.Day).AddMonths(-((at.Month - 1) % 3)),
                'y' => day.AddDays(1 - at.DayOfYear),
                _ => throw Wrong(text),
            };
            return up ? Add(begin, unit, 1).AddMilliseconds(-1) : begin;
        }
    }

    private static DashboardException Wrong(string text) =>
        new($"'{text}' is no moment. Write it as now, now-6h, now-1d/d, milliseconds since 1970, or 2026-01-31T12:00:00Z.");
}
