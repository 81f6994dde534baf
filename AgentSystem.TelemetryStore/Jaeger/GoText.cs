using System.Buffers;
using System.Globalization;

namespace AgentSystem.TelemetryStore.Jaeger;

/// <summary>A parameter could not be read. The message is the one that Jaeger gives.</summary>
internal sealed class ParameterException(string message) : Exception(message);

/// <summary>Reads and writes numbers, durations and times as Go's standard library does, down to the words of its errors.</summary>
internal static class GoText
{
    private const long Second = 1_000_000_000;

    private static readonly SearchValues<char> NumberParts = SearchValues.Create("0123456789.");

    private static readonly Dictionary<string, long> Units = new(StringComparer.Ordinal)
    {
        ["ns"] = 1,
        ["us"] = 1000,
        ["µs"] = 1000,
        ["μs"] = 1000,
        ["ms"] = 1_000_000,
        ["s"] = Second,
        ["m"] = 60 * Second,
        ["h"] = 3600 * Second,
    };

    /// <summary><c>strconv.ParseInt(text, 10, bits)</c>.</summary>
    internal static long ParseInt(string text, int bits = 64)
    {
        var digits = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            throw new ParameterException($"strconv.ParseInt: parsing {Quote(text)}: invalid syntax");
        var inRange = Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= -(Int128.One << (bits - 1)) && value < Int128.One << (bits - 1);
        return inRange ? (long)value : throw new ParameterException($"strconv.ParseInt: parsing {Quote(text)}: value out of range");
    }

    /// <summary><c>url.QueryUnescape(text)</c>; empty where that is an error, as for those who don't look at it.</summary>
    internal static string QueryUnescape(string text)
    {
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                return "";
        return System.Net.WebUtility.UrlDecode(text);
    }

    /// <summary><c>strconv.ParseUint(text, 16, 64)</c>.</summary>
    internal static ulong ParseHex(string text) =>
        text.Length > 0 && text.All(char.IsAsciiHexDigit)
            ? ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : throw new ParameterException($"strconv.ParseUint: parsing {Quote(text)}: invalid syntax");

    /// <summary><c>strconv.ParseBool</c>.</summary>
    internal static bool ParseBool(string text) =>
        Traces.SpanMatch.ParseBool(text) ?? throw new ParameterException($"strconv.ParseBool: parsing {Quote(text)}: invalid syntax");

    /// <summary><c>time.ParseDuration</c>, in nanoseconds: <c>1.5h</c>, <c>300ms</c>, <c>1m30s</c>.</summary>
    internal static long ParseDuration(string text)
    {
        var rest = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        if (rest is "0")
            return 0;
        if (rest.IsEmpty)
            throw Invalid();
        decimal sum = 0;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAnyExcept(NumberParts);
            var number = end < 0 ? rest : rest[..end];
            if (number.IsEmpty || number is "." || number.Count('.') > 1)
                throw Invalid();
            rest = rest[number.Length..];
            var unit = rest[..(rest.IndexOfAny(NumberParts) is var next && next < 0 ? rest.Length : next)].ToString();
            if (unit.Length == 0)
                throw new ParameterException($"time: missing unit in duration {Quote(text)}");
            if (!Units.TryGetValue(unit, out var nanos))
                throw new ParameterException($"time: unknown unit {Quote(unit)} in duration {Quote(text)}");
            rest = rest[unit.Length..];
            if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > long.MaxValue / nanos)
                throw Invalid();
            sum += value * nanos;
        }
        if (sum > long.MaxValue)
            throw Invalid();
        return text[0] == '-' ? -(long)sum : (long)sum;

        ParameterException Invalid() => new($"time: invalid duration {Quote(text)}");
    }

    /// <summary><c>time.Duration.String</c>.</summary>
    internal static string Duration(long nanos)
    {
        if (nanos == 0)
            return "0s";
        var sign = nanos < 0 ? "-" : "";
        var value = (decimal)(ulong)Int128.Abs(nanos);
        if (value < Second)
        {
            var (unit, size) = value < 1000 ? ("ns", 1m) : value < 1_000_000 ? ("µs", 1000m) : ("ms", 1_000_000m);
            return $"{sign}{Plain(value / size)}{unit}";
        }
        var (hours, minutes) = ((long)(value / (3600m * Second)), (long)(value / (60m * Second)) % 60);
        var seconds = Plain(value / Second % 60) + "s";
        return sign + (hours > 0 ? $"{hours}h{minutes}m{seconds}" : minutes > 0 ? $"{minutes}m{seconds}" : seconds);
    }

    /// <summary><c>time.Time.String</c> of a time in UTC, given in nanoseconds since 1970-01-01T00:00:00Z.</summary>
    internal static string Time(long nanos)
    {
        var seconds = Math.DivRem(nanos, Second, out var fraction);
        var text = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return fraction == 0 ? $"{text} +0000 UTC" : $"{text}.{fraction.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')} +0000 UTC";
    }

    internal static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static string Plain(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
