using System.Globalization;

namespace AgentSystem.WebConsole.Formatting;

/// <summary>Durations and moments as people say them. Everything is invariant English, as the pages are.</summary>
public static class Durations
{
    /// <summary>A duration in at most two units: <c>340 µs</c>, <c>12.3 ms</c>, <c>1.24 s</c>, <c>3 min 5 s</c>, <c>2 h 40 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Text(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return "−" + Text(-duration);
        if (duration == TimeSpan.Zero)
            return "0 s";
        if (duration.TotalMilliseconds < 1)
            return $"{Three(duration.TotalMicroseconds)} µs";
        if (duration.TotalSeconds < 1)
            return $"{Three(duration.TotalMilliseconds)} ms";
        if (duration.TotalSeconds < 60)
            return $"{Three(duration.TotalSeconds)} s";
        if (duration.TotalHours < 1)
            return Two(duration.Minutes, "min", duration.Seconds, "s");
        return duration.TotalDays < 1 ? Two(duration.Hours, "h", duration.Minutes, "min") : Two((int)duration.TotalDays, "d", duration.Hours, "h");
    }

    /// <summary>The same for seconds.</summary>
    public static string Text(double seconds) => double.IsFinite(seconds) ? Text(TimeSpan.FromSeconds(Math.Clamp(seconds, -1e9, 1e9))) : "–";

    /// <summary>How far a moment is from now: <c>just now</c>, <c>12 s ago</c>, <c>in 3 min</c>, <c>5 d ago</c>.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = (now - at).Duration();
        if (distance < TimeSpan.FromSeconds(2))
            return "just now";
        var text = distance.TotalSeconds < 60 ? $"{(int)distance.TotalSeconds} s"
            : distance.TotalMinutes < 60 ? $"{(int)distance.TotalMinutes} min"
            : distance.TotalHours < 24 ? $"{(int)distance.TotalHours} h"
            : $"{(int)distance.TotalDays} d";
        return at < now ? $"{text} ago" : $"in {text}";
    }

    /// <summary>A moment to the second, in UTC: <c>2026-11-23 19:28:39</c>.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A moment to the millisecond, in UTC.</summary>
    public static string ExactMoment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>The time of day in UTC: <c>19:28:39</c>.</summary>
    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Two(int big, string bigUnit, int small, string smallUnit) =>
        small == 0 ? string.Create(CultureInfo.InvariantCulture, $"{big} {bigUnit}") : string.Create(CultureInfo.InvariantCulture, $"{big} {bigUnit} {small} {smallUnit}");

    private static string Three(double value) => Numbers.Digits(value, 3);
}
