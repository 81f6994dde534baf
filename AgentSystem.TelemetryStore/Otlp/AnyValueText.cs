using System.Globalization;
using System.Text;

namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>
/// Writes a value as the OpenTelemetry collector's pdata does (<c>Value.AsString</c>): numbers as JavaScript writes them, lists and
/// maps as JSON with sorted keys, bytes as base64.
/// </summary>
internal static class AnyValueText
{
    internal static string Of(AnyValue value) => value.Kind switch
    {
        AnyValueKind.Text => value.Text,
        AnyValueKind.Bool => value.Bool ? "true" : "false",
        AnyValueKind.Whole => value.Whole.ToString(CultureInfo.InvariantCulture),
        AnyValueKind.Number => OfDouble(value.Number),
        AnyValueKind.Bytes => Convert.ToBase64String(value.Bytes),
        AnyValueKind.Array or AnyValueKind.Map => Json(value),
        _ => "",
    };

    internal static string OfDouble(double value)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "Infinity" : "-Infinity";
        if (value == 0)
            return double.IsNegative(value) ? "-0" : "0";
        // .NET and JavaScript agree on the shortest digits, and differ in when they write an exponent.
        var (digits, exponent) = ShortestDigits(Math.Abs(value));
        var text = Math.Abs(value) is < 1e-6 or >= 1e21
            ? string.Concat(digits[..1], digits.Length > 1 ? "." : "", digits[1..], "e", exponent < 0 ? "-" : "+", Math.Abs(exponent).ToString(CultureInfo.InvariantCulture))
            : exponent < 0 ? "0." + new string('0', -exponent - 1) + digits
            : digits.Length <= exponent + 1 ? digits.PadRight(exponent + 1, '0')
            : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
        return value < 0 ? "-" + text : text;
    }

    private static (string Digits, int Exponent) ShortestDigits(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa.Length : point;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leading = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), exponent + whole - 1 - leading);
    }

    private static string Json(AnyValue value)
    {
        var json = new StringBuilder();
        WriteJson(json, value);
        return json.ToString();
    }

    private static void WriteJson(StringBuilder json, AnyValue value)
    {
        switch (value.Kind)
        {
            case AnyValueKind.Empty:
                json.Append("null");
                break;
            case AnyValueKind.Text:
                WriteJson(json, value.Text);
                break;
            case AnyValueKind.Bytes:
                json.Append('"').Append(Of(value)).Append('"');
                break;
            case AnyValueKind.Array:
                WriteAll(json, '[', value.Items, static (json, item) => WriteJson(json, item), ']');
                break;
            case AnyValueKind.Map:
                // The last of several entries of one name is the one that counts.
                var entries = new SortedDictionary<string, AnyValue>(StringComparer.Ordinal);
                foreach (var (key, entry) in value.Entries)
                    entries[key] = entry;
                WriteAll(json, '{', entries, static (json, entry) =>
                {
                    WriteJson(json, entry.Key);
                    json.Append(':');
                    WriteJson(json, entry.Value);
                }, '}');
                break;
            default:
                json.Append(Of(value));
                break;
        }
    }

    private static void WriteAll<T>(StringBuilder json, char open, IEnumerable<T> items, Action<StringBuilder, T> write, char close)
    {
        json.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
                json.Append(',');
            first = false;
            write(json, item);
        }
        json.Append(close);
    }

    private static void WriteJson(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                < ' ' or '\u2028' or '\u2029' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }
        json.Append('"');
    }
}
