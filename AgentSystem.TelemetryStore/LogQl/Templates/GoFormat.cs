using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Templates;

/// <summary>The part of Go's <c>printf</c> that log lines are made with: <c>%s %v %q %d %f %.2f %e %g %t %x %X %%</c>, width, <c>-</c> and <c>0</c>.</summary>
internal static class GoFormat
{
    internal static string Format(string format, object?[] values)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                text.Append(format[at]);
                continue;
            }
            var flags = Take(format, ref at, "-0+ #");
            var width = Take(format, ref at, "0123456789");
            var precision = at + 1 < format.Length && format[at + 1] == '.' ? Take(format, ref at, ".0123456789") : null;
            if (++at >= format.Length)
            {
                text.Append("%!(NOVERB)");
                break;
            }
            var verb = format[at];
            var written = verb == '%' ? "%" : next >= values.Length ? $"%!{verb}(MISSING)" : Verb(verb, values[next++], precision);
            if (flags.Contains('+', StringComparison.Ordinal) && values.ElementAtOrDefault(next - 1) is long or double && !written.StartsWith('-'))
                written = "+" + written;
            text.Append(Pad(written, flags, width));
        }
        if (next < values.Length)
            text.Append("%!(EXTRA ").AppendJoin(", ", values[next..].Select(v => $"{GoValues.TypeName(v)}={GoValues.Print(v)}")).Append(')');
        return text.ToString();
    }

    private static string Take(string format, ref int at, string characters)
    {
        var start = at + 1;
        while (at + 1 < format.Length && characters.Contains(format[at + 1], StringComparison.Ordinal))
            at++;
        return format[start..(at + 1)];
    }

    private static string Verb(char verb, object? value, string? precision)
    {
        var places = precision is null ? -1 : precision.Length == 1 ? 0 : int.Parse(precision.AsSpan(1), CultureInfo.InvariantCulture);
        return (verb, value) switch
        {
            ('v', _) => GoValues.Print(value),
            ('s', string text) => places >= 0 && places < text.Length ? text[..places] : text,
            ('q', string text) => GoText.Quote(text),
            ('x', string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
            ('X', string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
            ('d', long number) => number.ToString(CultureInfo.InvariantCulture),
            ('x', long number) => number.ToString("x", CultureInfo.InvariantCulture),
            ('X', long number) => number.ToString("X", CultureInfo.InvariantCulture),
            ('f' or 'F', double number) => number.ToString("F" + Math.Min(places < 0 ? 6 : places, 99), CultureInfo.InvariantCulture),
            ('g', double number) when places < 0 => GoText.FormatShort(number),
            ('t', bool flag) => flag ? "true" : "false",
            _ => $"%!{verb}({GoValues.TypeName(value)}={GoValues.Print(value)})",
        };
    }

    private static string Pad(string written, string flags, string width)
    {
        if (width.Length == 0)
            return written;
        if (width.Length > 4)
            throw new ArgumentException("the width is too large");
        var count = int.Parse(width, CultureInfo.InvariantCulture);
        if (flags.Contains('-', StringComparison.Ordinal))
            return written.PadRight(count);
        if (!flags.Contains('0', StringComparison.Ordinal))
            return written.PadLeft(count);
        var sign = written.StartsWith('-') || written.StartsWith('+') ? written[..1] : "";
        return sign + written[sign.Length..].PadLeft(count - sign.Length, '0');
    }
}

/// <summary>Replacing by regular expression, with Go's references: <c>$1</c>, <c>${1}</c>, <c>$name</c>.</summary>
internal static partial class TemplateRegex
{
    internal static string Replace(string pattern, string text, string replacement)
    {
        var regex = Compile(pattern);
        return regex.Replace(text, match => Expand(match, replacement));
    }

    internal static string ReplaceLiteral(string pattern, string text, string replacement) => Re2.Compile(pattern).Replace(text, _ => replacement);

    /// <summary>A regular expression whose groups have the numbers that RE2 gives them.</summary>
    internal static Regex Compile(string pattern)
    {
        var regex = Re2.Compile(pattern);
        var names = regex.GetGroupNames();
        // .NET counts the named groups after all others.
        return names.Length > 2 && names.Any(n => !char.IsAsciiDigit(n[0])) && names.Skip(1).Any(n => char.IsAsciiDigit(n[0]))
            ? throw new FormatException("replacing with named and unnamed groups in one expression is not supported by this store")
            : regex;
    }

    internal static string Expand(Match match, string replacement) => Reference().Replace(replacement, reference =>
        reference.Value == "$$" ? "$" : match.Groups[reference.Groups["name"].Value].Value);

    [GeneratedRegex(@"\$\$|\$\{(?<name>\w+)\}|\$(?<name>\w+)")]
    private static partial Regex Reference();
}
