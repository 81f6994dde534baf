using System.Globalization;
using System.Text;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>Texts as Go writes and reads them: quoted strings and numbers. Loki's grammar and answers are made of these.</summary>
internal static class GoText
{
    /// <summary>A double-quoted literal, as <c>strconv.Quote</c> writes it.</summary>
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\v' => quoted.Append("\\v"),
                < ' ' or 0x7f => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                _ when IsPrintable(rune) => quoted.Append(rune.ToString()),
                <= 0xffff => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }
        return quoted.Append('"').ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>What the escape at <paramref name="at"/> (after its backslash) stands for, or null when Go knows no such escape in a string.</summary>
    internal static Rune? Unescape(ReadOnlySpan<char> text, ref int at)
    {
        if (at >= text.Length)
            return null;
        var c = text[at++];
        return c switch
        {
            'a' => new Rune('\a'),
            'b' => new Rune('\b'),
            'f' => new Rune('\f'),
            'n' => new Rune('\n'),
            'r' => new Rune('\r'),
            't' => new Rune('\t'),
            'v' => new Rune('\v'),
            '\\' or '"' => new Rune(c),
            'x' => Digits(text, ref at, 2, 16),
            'u' => Digits(text, ref at, 4, 16),
            'U' => Digits(text, ref at, 8, 16),
            >= '0' and <= '7' => Octal(text, ref at),
            _ => null,
        };
    }

    private static Rune? Octal(ReadOnlySpan<char> text, ref int at)
    {
        at--;
        return Digits(text, ref at, 3, 8);
    }

    private static Rune? Digits(ReadOnlySpan<char> text, ref int at, int count, int radix)
    {
        long value = 0;
        for (var i = 0; i < count; i++, at++)
        {
            var digit = at < text.Length && char.IsAsciiHexDigit(text[at]) ? Convert.ToInt32(text[at].ToString(), 16) : radix;
            if (digit >= radix)
                return null;
            value = (value * radix) + digit;
        }
        return Rune.IsValid((int)Math.Min(value, int.MaxValue)) && (radix == 16 || value <= byte.MaxValue) ? new Rune((int)value) : null;
    }

    /// <summary>The shortest decimal text that reads back the same, never with an exponent: <c>strconv.FormatFloat(v, 'f', -1, 64)</c>.</summary>
    internal static string FormatPlain(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        if (e < 0)
            return text;
        var exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var sign = text[0] == '-' ? "-" : "";
        var mantissa = text[sign.Length..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var whole = (point < 0 ? digits.Length : point) + exponent;
        return whole <= 0
            ? $"{sign}0.{new string('0', -whole)}{digits}"
            : whole >= digits.Length
                ? sign + digits.PadRight(whole, '0')
                : $"{sign}{digits[..whole]}.{digits[whole..]}";
    }

    /// <summary>As Go prints a float without a format: an exponent below 1e-4 and from 1e21 on.</summary>
    internal static string FormatShort(double value)
    {
        var magnitude = Math.Abs(value);
        if (!double.IsFinite(value) || value == 0 || magnitude is >= 1e-4 and < 1e21)
            return FormatPlain(value);
        var plain = FormatPlain(magnitude);
        var point = plain.IndexOf('.', StringComparison.Ordinal) is >= 0 and var at ? at : plain.Length;
        var first = plain.AsSpan().IndexOfAnyInRange('1', '9');
        var exponent = first < point ? point - 1 : point - first;
        var digits = new string([.. plain.Where(char.IsAsciiDigit)]).Trim('0');
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return $"{(value < 0 ? "-" : "")}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    /// <summary>Reads a float as <c>strconv.ParseFloat</c> does: no blanks, no thousands, but <c>Inf</c> and <c>NaN</c>.</summary>
    internal static bool TryParseFloat(ReadOnlySpan<char> text, out double value)
    {
        var negative = text.Length > 0 && text[0] == '-';
        var unsigned = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        if (unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase))
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        else if (text.Equals("nan", StringComparison.OrdinalIgnoreCase))
            value = double.NaN;
        else
        {
            value = 0;
            return unsigned.Length > 0 && (char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.')
                && double.TryParse(text, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite), CultureInfo.InvariantCulture, out value)
                && double.IsFinite(value);
        }
        return true;
    }
}
