using System.Globalization;

namespace AgentSystem.Cli.Terminal;

/// <summary>Values as people read them.</summary>
internal static class Format
{
    /// <summary>
    /// The text without control characters: what agents and file names contain must not move the cursor, recolour the terminal or break a row.
    /// </summary>
    public static string Printable(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        return string.Create(text.Length, text, static (chars, source) =>
        {
            for (var i = 0; i < chars.Length; i++)
                chars[i] = source[i] is '\n' or '\r' or '\t' ? ' ' : char.IsControl(source[i]) ? '\uFFFD' : source[i];
        });
    }

    /// <summary>At most <paramref name="length"/> characters, the last one an ellipsis when something is missing.</summary>
    public static string Short(string? text, int length)
    {
        var printable = Printable(text);
        return printable.Length <= length ? printable : string.Concat(printable.AsSpan(0, length - 1), "…");
    }

    public static string Duration(TimeSpan duration)
    {
        var value = duration < TimeSpan.Zero ? TimeSpan.Zero : duration;
        return value switch
        {
            { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0} ms"),
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0.0} s"),
            { TotalHours: < 1 } => $"{value.Minutes}m {value.Seconds:00}s",
            { TotalDays: < 1 } => $"{value.Hours}h {value.Minutes:00}m",
            _ => $"{(int)value.TotalDays}d {value.Hours:00}h",
        };
    }

    /// <summary>Local time with its offset, so that it can be compared with a clock on the wall and with a log.</summary>
    public static string Moment(DateTimeOffset? at) =>
        at?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture) ?? "";

    public static string Percent(double? fraction) =>
        fraction is { } value ? string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(value, 0, 1) * 100:0} %") : "";

    /// <summary>An amount with as many digits as say something: a call costs a fraction of a cent.</summary>
    public static string Usd(decimal amount) => string.Create(CultureInfo.InvariantCulture, $"${(amount is 0 or >= 1 ? $"{amount:N2}" : $"{amount:0.00####}")}");

    public static string Count(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");
}
