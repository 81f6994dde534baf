using System.Globalization;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Time;

/// <summary>Lengths of time as Grafana and Prometheus write them: <c>500ms</c>, <c>15s</c>, <c>1h30m</c>.</summary>
public static class Intervals
{
    private static readonly (string Unit, long Milliseconds)[] Units =
        [("y", 31_536_000_000), ("M", 2_592_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

    /// <summary>Reads a length; a bare number is seconds, and a leading <c>&gt;</c> means nothing (an old way to write "at least").</summary>
    /// <exception cref="DashboardException">It is none.</exception>
    public static TimeSpan Read(string text) => TryRead(text) ?? throw new DashboardException($"'{text}' is no length of time. Write it as 500ms, 15s, 5m, 1h30m, 7d.");

    /// <summary>Reads a length, or null.</summary>
    public static TimeSpan? TryRead(string text)
    {
        var rest = text.AsSpan().TrimStart('>').Trim();
        if (double.TryParse(rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return seconds < 1e9 ? TimeSpan.FromSeconds(seconds) : null;
        double total = 0;
        if (rest.Length == 0)
            return null;
        while (rest.Length > 0)
        {
            var digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
                digits++;
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
                return null;
            rest = rest[digits..];
            var letters = 0;
            while (letters < rest.Length && char.IsAsciiLetter(rest[letters]))
                letters++;
            var length = Of(rest[..letters]);
            if (length is null)
                return null;
            total += count * length.Value;
            rest = rest[letters..];
        }
        return total < 1e13 ? TimeSpan.FromMilliseconds(total) : null;

        static long? Of(ReadOnlySpan<char> unit)
        {
            foreach (var (name, milliseconds) in Units)
                if (unit.SequenceEqual(name))
                    return milliseconds;
            return null;
        }
    }

    /// <summary>A length as Prometheus reads it, exactly: <c>1m30s</c>.</summary>
    public static string Text(TimeSpan length)
    {
        var left = (long)length.TotalMilliseconds;
        if (left == 0)
            return "0s";
        var text = new System.Text.StringBuilder();
        foreach (var (unit, milliseconds) in Units)
        {
            // A month and a year have no length of their own in Prometheus's language.
            if (unit is "M" or "y" or "w" || left < milliseconds)
                continue;
            text.Append(CultureInfo.InvariantCulture, $"{left / milliseconds}{unit}");
            left %= milliseconds;
        }
        return text.ToString();
    }
}
