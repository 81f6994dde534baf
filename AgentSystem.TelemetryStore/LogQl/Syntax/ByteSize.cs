using System.Globalization;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>Sizes in bytes with units, as Loki's label filters and <c>unwrap bytes()</c> read them: <c>1.5KiB</c>, <c>2 MB</c>.</summary>
internal static class ByteSize
{
    private static readonly string[] Decimal = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Reads a size. False leaves the words of Loki's library in <paramref name="error"/>.</summary>
    internal static bool TryParse(string text, out ulong bytes, out string error)
    {
        bytes = 0;
        error = "";
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] is '.' or ','))
            digits++;
        var number = text[..digits].Replace(",", "", StringComparison.Ordinal);
        if (!GoText.TryParseFloat(number, out var amount))
        {
            error = $"strconv.ParseFloat: parsing {GoText.Quote(number)}: invalid syntax";
            return false;
        }
        var unit = text[digits..].Trim().ToLowerInvariant();
        if (Scale(unit) is not { } scale)
        {
            error = $"unhandled size name: {unit}";
            return false;
        }
        if (amount * scale >= ulong.MaxValue)
        {
            error = $"too large: {text}";
            return false;
        }
        bytes = (ulong)(amount * scale);
        return true;
    }

    /// <summary>A size as Loki's field values have it, rounded to two digits or to whole units: <c>2.1MB</c>. What is no size stays as it is.</summary>
    internal static string Humanize(string text)
    {
        if (text.Length == 0 || !(char.IsAsciiLetter(text[^1]) && TryParse(text, out var bytes, out _)))
            return text;
        if (bytes < 10)
            return string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
        var power = (int)Math.Floor(Math.Log(bytes, 1000));
        var amount = Math.Floor((bytes / Math.Pow(1000, power) * 10) + 0.5) / 10;
        return amount.ToString(amount < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + Decimal[power];
    }

    private static double? Scale(string unit)
    {
        if (unit is "" or "b")
            return 1;
        var power = "kmgtpe".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        return power == 0 ? null : unit[1..] switch
        {
            "" or "b" => Math.Pow(1000, power),
            "i" or "ib" => Math.Pow(1024, power),
            _ => null,
        };
    }

    /// <summary>A size that reads back as the same number of bytes: with a decimal unit where that loses nothing.</summary>
    internal static string Format(ulong bytes)
    {
        var power = 0;
        var left = bytes;
        while (left >= 1000 && left % 1000 == 0 && power < Decimal.Length - 2)
            (left, power) = (left / 1000, power + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{left}{Decimal[power]}");
    }
}
