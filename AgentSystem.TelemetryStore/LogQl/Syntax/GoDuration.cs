using System.Globalization;
using System.Text;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>Durations in nanoseconds, as Go (<c>1h2m0.5s</c>) and Prometheus (<c>1w2d</c>) write them.</summary>
internal static class GoDuration
{
    internal const long Second = 1_000_000_000, Minute = 60 * Second, Hour = 60 * Minute, Day = 24 * Hour;

    private static readonly (string Unit, long Nanos)[] PrometheusUnits =
        [("y", 365 * Day), ("w", 7 * Day), ("d", Day), ("h", Hour), ("m", Minute), ("s", Second), ("ms", Second / 1000)];

    /// <summary>Reads Go's form: a sign, and numbers with the units ns, us, ms, s, m, h. False leaves Go's words in <paramref name="error"/>.</summary>
    internal static bool TryParseGo(string text, out long nanos, out string error)
    {
        nanos = 0;
        error = "";
        var at = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        if (text.AsSpan(at) is "0")
            return true;
        error = $"time: invalid duration {GoText.Quote(text)}";
        if (at == text.Length)
            return false;
        decimal sum = 0;
        while (at < text.Length)
        {
            var number = Take(text, ref at, static c => char.IsAsciiDigit(c) || c == '.');
            if (number.Length == 0 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || number is ".")
                return false;
            var unit = Take(text, ref at, static c => !char.IsAsciiDigit(c) && c != '.');
            if (unit.Length == 0)
            {
                error = $"time: missing unit in duration {GoText.Quote(text)}";
                return false;
            }
            long? scale = unit switch { "ns" => 1, "us" or "µs" or "μs" => 1000, "ms" => Second / 1000, "s" => Second, "m" => Minute, "h" => Hour, _ => null };
            if (scale is null)
            {
                error = $"time: unknown unit {GoText.Quote(unit)} in duration {GoText.Quote(text)}";
                return false;
            }
            if (amount > (long.MaxValue - sum) / scale.Value)
                return false;
            sum += decimal.Truncate(amount * scale.Value);
        }
        error = "";
        nanos = text[0] == '-' ? -(long)sum : (long)sum;
        return true;
    }

    /// <summary>Reads Prometheus's form: whole numbers with the units y, w, d, h, m, s, ms, each at most once, the largest first.</summary>
    internal static bool TryParsePrometheus(string text, out long nanos, out string error)
    {
        nanos = 0;
        error = "";
        if (text == "0")
            return true;
        if (text.Length == 0)
        {
            error = "empty duration string";
            return false;
        }
        error = $"not a valid duration string: {GoText.Quote(text)}";
        var next = 0;
        for (var at = 0; at < text.Length;)
        {
            var number = Take(text, ref at, char.IsAsciiDigit);
            if (number.Length == 0)
                return false;
            var unit = Take(text, ref at, static c => !char.IsAsciiDigit(c));
            var found = Array.FindIndex(PrometheusUnits, u => u.Unit == unit);
            if (found < 0)
            {
                if (unit.Length > 0)
                    error = $"unknown unit {GoText.Quote(unit)} in duration {GoText.Quote(text)}";
                return false;
            }
            if (found < next)
                return false;
            next = found + 1;
            if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount > (long.MaxValue - nanos) / PrometheusUnits[found].Nanos)
            {
                error = "duration out of range";
                return false;
            }
            nanos += amount * PrometheusUnits[found].Nanos;
        }
        error = "";
        return true;
    }

    /// <summary>Go's text: <c>1h0m0s</c>, <c>1.5s</c>, <c>250ms</c>.</summary>
    internal static string FormatGo(long nanos)
    {
        if (nanos == 0)
            return "0s";
        var sign = nanos < 0 ? "-" : "";
        decimal left = Math.Abs((decimal)nanos);
        if (left < Second)
        {
            var (unit, scale) = left < 1000 ? ("ns", 1m) : left < 1_000_000 ? ("µs", 1000m) : ("ms", 1_000_000m);
            return sign + Plain(left / scale) + unit;
        }
        var text = new StringBuilder(sign);
        var hours = decimal.Truncate(left / Hour);
        var minutes = decimal.Truncate((left - (hours * Hour)) / Minute);
        if (hours > 0)
            text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        if (hours > 0 || minutes > 0)
            text.Append(CultureInfo.InvariantCulture, $"{minutes}m");
        return text.Append(Plain((left - (hours * Hour) - (minutes * Minute)) / Second)).Append('s').ToString();

        static string Plain(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
    }

    /// <summary>Prometheus's text: <c>1d2h</c>, <c>5m</c>; years and weeks only where nothing is left over.</summary>
    internal static string FormatPrometheus(long nanos)
    {
        var left = nanos / (Second / 1000) * (Second / 1000);
        if (left == 0)
            return "0s";
        var text = new StringBuilder();
        foreach (var (unit, scale) in PrometheusUnits)
        {
            var exactOnly = unit is "y" or "w";
            if (left < scale || (exactOnly && left % scale != 0))
                continue;
            text.Append(CultureInfo.InvariantCulture, $"{left / scale}{unit}");
            left %= scale;
        }
        return text.ToString();
    }

    private static string Take(string text, ref int at, Func<char, bool> belongs)
    {
        var start = at;
        while (at < text.Length && belongs(text[at]))
            at++;
        return text[start..at];
    }
}
