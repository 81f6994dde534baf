using System.Globalization;
using System.Text;
using AgentSystem.TelemetryStore.LogQl.Syntax;

namespace AgentSystem.TelemetryStore.LogQl.Templates;

/// <summary>An instant, in UTC.</summary>
internal readonly record struct GoTime(long UnixNanos)
{
    internal DateTime Utc => DateTime.UnixEpoch.AddTicks((UnixNanos - Nanos) / 100);

    /// <summary>What of the instant a tick is too coarse for.</summary>
    private long Nanos => ((UnixNanos % 100) + 100) % 100;

    internal long NanosOfSecond => ((UnixNanos % GoDuration.Second) + GoDuration.Second) % GoDuration.Second;
}

/// <summary>
/// The values of templates: text, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="GoTime"/>, lists and maps, null.
/// </summary>
internal static class GoValues
{
    /// <summary>As Go prints it.</summary>
    internal static string Print(object? value) => value switch
    {
        null => "<no value>",
        string text => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => GoText.FormatShort(number),
        GoTime time => GoLayout.Format(time, "2006-01-02 15:04:05.999999999 -0700 MST"),
        IReadOnlyList<object?> list => $"[{string.Join(' ', list.Select(Print))}]",
        IReadOnlyDictionary<string, object?> map => PrintMap(map),
        IReadOnlyDictionary<string, string> map => PrintMap(map.ToDictionary(p => p.Key, p => (object?)p.Value)),
        _ => value.ToString() ?? "",
    };

    private static string PrintMap(IReadOnlyDictionary<string, object?> map) =>
        $"map[{string.Join(' ', map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{Print(p.Value)}"))}]";

    internal static bool IsTrue(object? value) => value switch
    {
        null => false,
        string text => text.Length > 0,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        IReadOnlyList<object?> list => list.Count > 0,
        IReadOnlyDictionary<string, object?> map => map.Count > 0,
        _ => true,
    };

    internal static object? Field(object? of, string name) => of switch
    {
        IReadOnlyDictionary<string, string> labels => labels.GetValueOrDefault(name, ""),
        IReadOnlyDictionary<string, object?> map => map.GetValueOrDefault(name),
        null => throw new TemplateException($"nil pointer evaluating interface {{}}.{name}"),
        _ => throw new TemplateException($"can't evaluate field {name} in type {TypeName(of)}"),
    };

    internal static string TypeName(object? value) => value switch
    {
        string => "string",
        long => "int",
        double => "float64",
        bool => "bool",
        GoTime => "time.Time",
        null => "nil",
        _ => "interface {}",
    };

    /// <summary>Negative, zero or positive; values of different kinds cannot be compared.</summary>
    internal static int Compare(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (long a, long b) => a.CompareTo(b),
        (double a, double b) => a.CompareTo(b),
        (bool a, bool b) when a == b => 0,
        (bool, bool) => 1,
        (null, null) => 0,
        _ => throw new ArgumentException("incompatible types for comparison"),
    };
}

/// <summary>Go's way to describe how a time looks: by an example of 2 January 2006, 15:04:05.</summary>
internal static class GoLayout
{
    // The longest come first where one begins another.
    private static readonly (string Mark, Func<GoTime, string> Write)[] Marks =
    [
        ("2006", t => t.Utc.ToString("yyyy", CultureInfo.InvariantCulture)), ("January", t => t.Utc.ToString("MMMM", CultureInfo.InvariantCulture)),
        ("Jan", t => t.Utc.ToString("MMM", CultureInfo.InvariantCulture)), ("Monday", t => t.Utc.ToString("dddd", CultureInfo.InvariantCulture)),
        ("Mon", t => t.Utc.ToString("ddd", CultureInfo.InvariantCulture)), ("MST", _ => "UTC"), ("Z07:00", _ => "Z"), ("Z0700", _ => "Z"),
        ("-07:00", _ => "+00:00"), ("-0700", _ => "+0000"), ("-07", _ => "+00"), ("002", t => $"{t.Utc.DayOfYear:000}"), ("01", t => $"{t.Utc.Month:00}"),
        ("02", t => $"{t.Utc.Day:00}"), ("03", t => $"{Twelve(t):00}"), ("04", t => $"{t.Utc.Minute:00}"), ("05", t => $"{t.Utc.Second:00}"),
        ("06", t => $"{t.Utc.Year % 100:00}"), ("15", t => $"{t.Utc.Hour:00}"), ("PM", t => t.Utc.Hour < 12 ? "AM" : "PM"),
        ("pm", t => t.Utc.Hour < 12 ? "am" : "pm"), ("_2", t => $"{t.Utc.Day,2}"), ("1", t => $"{t.Utc.Month}"), ("2", t => $"{t.Utc.Day}"),
        ("3", t => $"{Twelve(t)}"), ("4", t => $"{t.Utc.Minute}"), ("5", t => $"{t.Utc.Second}"),
    ];

    internal static string Format(GoTime time, string layout)
    {
        var text = new StringBuilder();
        for (var at = 0; at < layout.Length;)
        {
            if (Fraction(layout, at) is { Length: > 0 } fraction)
            {
                text.Append(WriteFraction(time, fraction));
                at += fraction.Length;
                continue;
            }
            var mark = Array.Find(Marks, m => string.CompareOrdinal(layout, at, m.Mark, 0, m.Mark.Length) == 0);
            text.Append(mark.Mark is null ? layout[at].ToString() : mark.Write(time));
            at += mark.Mark?.Length ?? 1;
        }
        return text.ToString();
    }

    private static int Twelve(GoTime time) => ((time.Utc.Hour + 11) % 12) + 1;

    /// <summary>A point or comma and the zeros or nines after it, when no other digit follows.</summary>
    private static string? Fraction(string layout, int at)
    {
        if (layout[at] is not ('.' or ',') || at + 1 >= layout.Length || layout[at + 1] is not ('0' or '9'))
            return null;
        var end = at + 1;
        while (end < layout.Length && layout[end] == layout[at + 1])
            end++;
        return end < layout.Length && char.IsAsciiDigit(layout[end]) ? null : layout[at..end];
    }

    private static string WriteFraction(GoTime time, string fraction)
    {
        var digits = time.NanosOfSecond.ToString("D9", CultureInfo.InvariantCulture)[..Math.Min(9, fraction.Length - 1)];
        if (fraction[1] == '0')
            return fraction[0] + digits.PadRight(fraction.Length - 1, '0');
        digits = digits.TrimEnd('0');
        return digits.Length == 0 ? "" : fraction[0] + digits;
    }
}
