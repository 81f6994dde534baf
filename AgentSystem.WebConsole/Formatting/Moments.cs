using System.Globalization;

namespace AgentSystem.WebConsole.Formatting;

/// <summary>
/// Moments as Grafana's addresses and files write them: <c>now</c>, then any number of <c>+6h</c>, <c>-6h</c> and <c>/d</c>; Unix milliseconds; or
/// ISO 8601, in UTC where it names no offset.
/// </summary>
public static class Moments
{
    private const int MaxDigits = 5;

    /// <summary>Reads a moment; null when it is none.</summary>
    /// <param name="text">As written.</param>
    /// <param name="now">What <c>now</c> means.</param>
    /// <param name="isEnd">It ends a range, so that <c>/d</c> is the day's end and not its beginning.</param>
    public static DateTimeOffset? Read(string text, DateTimeOffset now, bool isEnd)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        try
        {
            if (text.StartsWith("now", StringComparison.Ordinal))
                return Relative(text.AsSpan(3), now.ToUniversalTime(), isEnd);
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
                return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }
        catch (ArgumentOutOfRangeException)
        {
            return null; // outside the years 1 to 9999
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
    }

    private static DateTimeOffset? Relative(ReadOnlySpan<char> steps, DateTimeOffset moment, bool isEnd)
    {
        while (steps.Length > 0)
        {
            var sign = steps[0];
            var digits = 1;
            while (digits < steps.Length && char.IsAsciiDigit(steps[digits]))
                digits++;
            if (digits == steps.Length || digits > MaxDigits + 1 || (sign == '/' && digits > 1))
                return null;
            var count = digits == 1 ? 1 : int.Parse(steps[1..digits], CultureInfo.InvariantCulture);
            DateTimeOffset? next = sign switch
            {
                '+' => Add(moment, steps[digits], count),
                '-' => Add(moment, steps[digits], -count),
                '/' => Round(moment, steps[digits], isEnd),
                _ => null,
            };
            if (next is not { } reached)
                return null;
            moment = reached;
            steps = steps[(digits + 1)..];
        }
        return moment;
    }

    private static DateTimeOffset? Add(DateTimeOffset at, char unit, int count) => unit switch
    {
        's' => at.AddSeconds(count),
        'm' => at.AddMinutes(count),
        'h' => at.AddHours(count),
        'd' => at.AddDays(count),
        'w' => at.AddDays(7 * count),
        'M' => at.AddMonths(count),
        'Q' => at.AddMonths(3 * count),
        'y' => at.AddYears(count),
        _ => null,
    };

    private static DateTimeOffset? Round(DateTimeOffset at, char unit, bool up)
    {
        var day = new DateTimeOffset(at.Date, TimeSpan.Zero);
        DateTimeOffset? begin = unit switch
        {
            's' => day.AddSeconds(Math.Floor(at.TimeOfDay.TotalSeconds)),
            'm' => day.AddMinutes(Math.Floor(at.TimeOfDay.TotalMinutes)),
            'h' => day.AddHours(at.Hour),
            'd' => day,
            'w' => day.AddDays(-(int)at.DayOfWeek), // weeks begin on Sunday, as in Grafana's default locale
            'M' => day.AddDays(1 - at.Day),
            'Q' => day.AddDays(1 - at.Day).AddMonths(-((at.Month - 1) % 3)),
            'y' => day.AddDays(1 - at.DayOfYear),
            _ => null,
        };
        return up && begin is { } from ? Add(from, unit, 1)?.AddMilliseconds(-1) : begin;
    }
}
