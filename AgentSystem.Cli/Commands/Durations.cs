using System.Globalization;

namespace AgentSystem.Cli.Commands;

/// <summary>Reads <c>90s</c>, <c>10m</c>, <c>2h</c>, <c>1.5d</c>.</summary>
internal static class Durations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length < 2)
            return false;
        var unit = text[^1] switch { 's' => 1d, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (unit == 0 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var seconds = number * unit;
        if (seconds is not (> 0 and <= 365 * 86400d))
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
