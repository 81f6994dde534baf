using System.Globalization;

namespace AgentSystem.WebConsole.Formatting;

/// <summary>Numbers as people read them.</summary>
public static class Numbers
{
    /// <summary>What is shown where there is no value.</summary>
    public const string None = "–";

    /// <summary>At most so many significant digits before and after the point, without exponent: <c>1.24</c>, <c>12.4</c>, <c>124</c>, <c>1240</c>.</summary>
    public static string Digits(double value, int digits)
    {
        if (!double.IsFinite(value))
            return None;
        var before = value == 0 ? 1 : (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1;
        var after = Math.Clamp(digits - before, 0, 10);
        return Math.Round(value, after).ToString("0." + new string('#', after), CultureInfo.InvariantCulture);
    }

    /// <summary>A count: <c>940</c>, <c>12,400</c>, <c>1.2 M</c>.</summary>
    public static string Count(double value) => !double.IsFinite(value) ? None
        : Math.Abs(value) >= 1e9 ? $"{Digits(value / 1e9, 3)} G"
        : Math.Abs(value) >= 1e6 ? $"{Digits(value / 1e6, 3)} M"
        : value.ToString("#,##0.##", CultureInfo.InvariantCulture);

    /// <summary>A share of one: <c>99.95 %</c>.</summary>
    public static string Percent(double share, int digits = 3) => double.IsFinite(share) ? $"{Digits(share * 100, digits)} %" : None;

    /// <summary>US dollars: <c>$0.0042</c>, <c>$1.20</c>, <c>$1,240</c>.</summary>
    public static string Money(double dollars) => !double.IsFinite(dollars) ? None
        : dollars == 0 ? "$0"
        : Math.Abs(dollars) < 0.01 ? "$" + Digits(dollars, 2)
        : Math.Abs(dollars) < 1000 ? "$" + dollars.ToString("0.00", CultureInfo.InvariantCulture)
        : "$" + dollars.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary>Bytes in binary units: <c>940 B</c>, <c>1.2 KiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        while (Math.Abs(bytes) >= 1024 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }
        return double.IsFinite(bytes) ? $"{Digits(bytes, 3)} {units[unit]}" : None;
    }
}
