using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.LogQl.Templates;

/// <summary>
/// The functions of Loki's templates (<see href="https://grafana.com/docs/loki/latest/query/template_functions/"/>) and the common ones of Go's.
/// </summary>
internal static class TemplateFunctions
{
    private static readonly FrozenSet<string> Unsupported = FrozenSet.ToFrozenSet(
        ["toDate", "toDateInZone", "now", "html", "js", "call", "slice", "urlquery"]);

    private static readonly FrozenSet<string> OfTheLine = FrozenSet.ToFrozenSet(["__line__", "__timestamp__"]);

    internal static FrozenDictionary<string, Func<object?[], object?>> All { get; } =
        Texts().Concat(Numbers()).Concat(Times()).Concat(Logic()).ToFrozenDictionary(p => p.Key, p => p.Value);

    internal static bool IsKnown(string name) => All.ContainsKey(name) || OfTheLine.Contains(name);

    /// <summary>Loki has it and this store does not.</summary>
    internal static bool IsUnsupported(string name) => Unsupported.Contains(name);

    private static Dictionary<string, Func<object?[], object?>> Texts() => new()
    {
        ["ToLower"] = a => Text(a, 0, 1).ToLowerInvariant(),
        ["lower"] = a => Text(a, 0, 1).ToLowerInvariant(),
        ["ToUpper"] = a => Text(a, 0, 1).ToUpperInvariant(),
        ["upper"] = a => Text(a, 0, 1).ToUpperInvariant(),
        ["title"] = a => Title(Text(a, 0, 1)),
        ["Replace"] = a => Replace(Text(a, 0, 4), Text(a, 1, 4), Text(a, 2, 4), Int(a, 3, 4)),
        ["replace"] = a => Replace(Text(a, 2, 3), Text(a, 0, 3), Text(a, 1, 3), -1),
        ["Trim"] = a => Text(a, 0, 2).Trim(Text(a, 1, 2).ToCharArray()),
        ["TrimLeft"] = a => Text(a, 0, 2).TrimStart(Text(a, 1, 2).ToCharArray()),
        ["TrimRight"] = a => Text(a, 0, 2).TrimEnd(Text(a, 1, 2).ToCharArray()),
        ["TrimPrefix"] = a => WithoutPrefix(Text(a, 0, 2), Text(a, 1, 2)),
        ["TrimSuffix"] = a => WithoutSuffix(Text(a, 0, 2), Text(a, 1, 2)),
        ["TrimSpace"] = a => Text(a, 0, 1).Trim(),
        ["trim"] = a => Text(a, 0, 1).Trim(),
        ["trimAll"] = a => Text(a, 1, 2).Trim(Text(a, 0, 2).ToCharArray()),
        ["trimPrefix"] = a => WithoutPrefix(Text(a, 1, 2), Text(a, 0, 2)),
        ["trimSuffix"] = a => WithoutSuffix(Text(a, 1, 2), Text(a, 0, 2)),
        ["trunc"] = a => Truncate(Int(a, 0, 2), Text(a, 1, 2)),
        ["substr"] = a => Substring(Int(a, 0, 3), Int(a, 1, 3), Text(a, 2, 3)),
        ["contains"] = a => Text(a, 1, 2).Contains(Text(a, 0, 2), StringComparison.Ordinal),
        ["hasPrefix"] = a => Text(a, 1, 2).StartsWith(Text(a, 0, 2), StringComparison.Ordinal),
        ["hasSuffix"] = a => Text(a, 1, 2).EndsWith(Text(a, 0, 2), StringComparison.Ordinal),
        ["indent"] = a => Indent(Int(a, 0, 2), Text(a, 1, 2)),
        ["nindent"] = a => "\n" + Indent(Int(a, 0, 2), Text(a, 1, 2)),
        ["repeat"] = a => Repeat(Int(a, 0, 2), Text(a, 1, 2)),
        ["alignLeft"] = a => Align(Int(a, 0, 2), Text(a, 1, 2), left: true),
        ["alignRight"] = a => Align(Int(a, 0, 2), Text(a, 1, 2), left: false),
        ["b64enc"] = a => Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(a, 0, 1))),
        ["b64dec"] = a => Encoding.UTF8.GetString(Convert.FromBase64String(Text(a, 0, 1))),
        ["urlencode"] = a => Uri.EscapeDataString(Text(a, 0, 1)).Replace("%20", "+", StringComparison.Ordinal),
        ["urldecode"] = a => Uri.UnescapeDataString(Text(a, 0, 1).Replace('+', ' ')),
        ["regexReplaceAll"] = a => TemplateRegex.Replace(Text(a, 0, 3), Text(a, 1, 3), Text(a, 2, 3)),
        ["regexReplaceAllLiteral"] = a => TemplateRegex.ReplaceLiteral(Text(a, 0, 3), Text(a, 1, 3), Text(a, 2, 3)),
        ["count"] = a => (long)Re2.Compile(Text(a, 0, 2)).Count(Text(a, 1, 2)),
        ["fromJson"] = a => FromJson(Text(a, 0, 1)),
        ["print"] = a => string.Concat(a.Select((v, i) => (i > 0 && v is not string && a[i - 1] is not string ? " " : "") + GoValues.Print(v))),
        ["println"] = a => string.Join(' ', a.Select(GoValues.Print)) + "\n",
        ["printf"] = a => GoFormat.Format(Text(a, 0, a.Length), a[1..]),
    };

    private static Dictionary<string, Func<object?[], object?>> Numbers() => new()
    {
        ["int"] = a => ToLong(One(a)),
        ["float64"] = a => ToDouble(One(a)),
        ["add"] = a => a.Aggregate(0L, (sum, v) => unchecked(sum + ToLong(v))),
        ["sub"] = a => unchecked(ToLong(At(a, 0, 2)) - ToLong(At(a, 1, 2))),
        ["mul"] = a => a.Aggregate(1L, (product, v) => unchecked(product * ToLong(v))),
        ["div"] = a => ToLong(At(a, 0, 2)) / ToLong(At(a, 1, 2)),
        ["mod"] = a => ToLong(At(a, 0, 2)) % ToLong(At(a, 1, 2)),
        ["max"] = a => a.Select(ToLong).Max(),
        ["min"] = a => a.Select(ToLong).Min(),
        ["addf"] = a => Fold(a, (x, y) => x + y),
        ["subf"] = a => Fold(a, (x, y) => x - y),
        ["mulf"] = a => Fold(a, (x, y) => x * y),
        // Loki's library divides to 16 places.
        ["divf"] = a => Fold(a, (x, y) => Math.Round(x / y, 16, MidpointRounding.AwayFromZero)),
        ["maxf"] = a => a.Select(ToDouble).Max(),
        ["minf"] = a => a.Select(ToDouble).Min(),
        ["ceil"] = a => Math.Ceiling(ToDouble(One(a))),
        ["floor"] = a => Math.Floor(ToDouble(One(a))),
        ["round"] = a => Round(ToDouble(At(a, 0, 2)), ToLong(At(a, 1, 2))),
        ["bytes"] = a => ByteSize.TryParse(Text(a, 0, 1), out var bytes, out var error) ? (double)bytes : throw new FormatException(error),
        ["duration"] = a => Seconds(Text(a, 0, 1)),
        ["duration_seconds"] = a => Seconds(Text(a, 0, 1)),
    };

    private static Dictionary<string, Func<object?[], object?>> Times() => new()
    {
        ["date"] = a => GoLayout.Format(Time(At(a, 1, 2)), Text(a, 0, 2)),
        ["unixEpoch"] = a => Number(Time(One(a)).UnixNanos / GoDuration.Second),
        ["unixEpochMillis"] = a => Number(Time(One(a)).UnixNanos / 1_000_000),
        ["unixEpochNanos"] = a => Number(Time(One(a)).UnixNanos),
        ["unixToTime"] = a => FromUnix(Text(a, 0, 1)),
    };

    private static Dictionary<string, Func<object?[], object?>> Logic() => new()
    {
        ["and"] = a => a.FirstOrDefault(v => !GoValues.IsTrue(v), a.LastOrDefault()),
        ["or"] = a => a.FirstOrDefault(GoValues.IsTrue, a.LastOrDefault()),
        ["not"] = a => !GoValues.IsTrue(One(a)),
        ["eq"] = a => a.Length < 2 ? throw new ArgumentException("missing argument for comparison") : a[1..].Any(v => GoValues.Compare(a[0], v) == 0),
        ["ne"] = a => GoValues.Compare(At(a, 0, 2), At(a, 1, 2)) != 0,
        ["lt"] = a => GoValues.Compare(At(a, 0, 2), At(a, 1, 2)) < 0,
        ["le"] = a => GoValues.Compare(At(a, 0, 2), At(a, 1, 2)) <= 0,
        ["gt"] = a => GoValues.Compare(At(a, 0, 2), At(a, 1, 2)) > 0,
        ["ge"] = a => GoValues.Compare(At(a, 0, 2), At(a, 1, 2)) >= 0,
        ["len"] = a => One(a) switch
        {
            string text => (long)Encoding.UTF8.GetByteCount(text),
            IReadOnlyList<object?> list => (long)list.Count,
            IReadOnlyDictionary<string, object?> map => (long)map.Count,
            var other => throw new ArgumentException($"len of type {GoValues.TypeName(other)}"),
        },
        ["index"] = a => a[1..].Aggregate(a[0], (of, key) => of is IReadOnlyList<object?> list && key is long i ? list[checked((int)i)] : GoValues.Field(of, GoValues.Print(key))),
        ["default"] = a => GoValues.IsTrue(At(a, 1, 2)) ? a[1] : a[0],
    };

    private static object? At(object?[] arguments, int index, int count) => arguments.Length == count
        ? arguments[index]
        : throw new ArgumentException($"wrong number of args: want {count} got {arguments.Length}");

    private static object? One(object?[] arguments) => At(arguments, 0, 1);

    private static string Text(object?[] arguments, int index, int count) => At(arguments, index, count) as string
        ?? throw new ArgumentException($"wrong type for value; expected string; got {GoValues.TypeName(arguments[index])}");

    private static int Int(object?[] arguments, int index, int count) => At(arguments, index, count) is long number
        ? checked((int)number)
        : throw new ArgumentException($"wrong type for value; expected int; got {GoValues.TypeName(arguments[index])}");

    private static GoTime Time(object? value) => value is GoTime time ? time : throw new ArgumentException($"wrong type for value; expected time.Time; got {GoValues.TypeName(value)}");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Text that is no number counts as 0, as in Loki.</summary>
    private static long ToLong(object? value) => value switch
    {
        long number => number,
        double number => (long)number,
        bool flag => flag ? 1 : 0,
        string text when long.TryParse(WithoutZeroFraction(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => 0,
    };

    private static string WithoutZeroFraction(string text) =>
        text.IndexOf('.', StringComparison.Ordinal) is > 0 and var point && text.AsSpan(point + 1).TrimEnd('0').IsEmpty ? text[..point] : text;

    private static double ToDouble(object? value) => value switch
    {
        double number => number,
        string text => GoText.TryParseFloat(text, out var number) ? number : 0,
        _ => ToLong(value),
    };

    private static double Fold(object?[] arguments, Func<decimal, decimal, decimal> step) =>
        (double)arguments.Select(v => decimal.Parse(GoText.FormatPlain(ToDouble(v)), CultureInfo.InvariantCulture)).Aggregate(step);

    private static double Round(double value, long places)
    {
        var scale = Math.Pow(10, places);
        var (whole, fraction) = (Math.Truncate(value * scale), (value * scale) - Math.Truncate(value * scale));
        return (fraction >= 0.5 ? Math.Ceiling(value * scale) : whole) / scale;
    }

    private static double Seconds(string text) => GoDuration.TryParseGo(text, out var nanos, out var error) ? nanos / 1e9 : throw new FormatException(error);

    private static GoTime FromUnix(string text)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"unable to parse time '{text}': strconv.ParseInt: parsing {GoText.Quote(text)}: invalid syntax");
        long scale = text.Length switch { 5 => GoDuration.Day, 10 => GoDuration.Second, 13 => 1_000_000, 16 => 1000, 19 => 1, _ => 0 };
        return scale > 0 ? new GoTime(number * scale) : throw new FormatException($"unable to parse time '{text}': %!w(<nil>)");
    }

    private static string Title(string text) => string.Concat(text.Select((c, i) => i == 0 || !(char.IsLetterOrDigit(text[i - 1]) || text[i - 1] is '_' or '\'') ? char.ToUpperInvariant(c) : c));

    private static string Replace(string text, string old, string by, int count)
    {
        if (old.Length == 0)
            throw new ArgumentException("replacing an empty text is not supported by this store");
        var result = new StringBuilder();
        var at = 0;
        for (var i = 0; count < 0 || i < count; i++)
        {
            var found = text.IndexOf(old, at, StringComparison.Ordinal);
            if (found < 0)
                break;
            result.Append(text, at, found - at).Append(by);
            at = found + old.Length;
        }
        return result.Append(text, at, text.Length - at).ToString();
    }

    private static string WithoutPrefix(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    private static string WithoutSuffix(string text, string suffix) => suffix.Length > 0 && text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;

    private static string Truncate(int count, string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        if (count < 0 && runes.Length + count > 0)
            return Concat(runes[(runes.Length + count)..]);
        return count >= 0 && runes.Length > count ? Concat(runes[..count]) : text;
    }

    private static string Substring(int start, int end, string text)
    {
        // Go counts bytes here; so does everybody whose text is ASCII.
        if (start < 0)
            return text[..end];
        return end < 0 || end > text.Length ? text[start..] : text[start..end];
    }

    private static string Align(int width, string text, bool left)
    {
        var runes = text.EnumerateRunes().ToArray();
        if (width < 0 || width == runes.Length)
            return text;
        if (width > runes.Length)
            return left ? text + Repeat(width - runes.Length, " ") : Repeat(width - runes.Length, " ") + text;
        return Concat(left ? runes[..width] : runes[^width..]);
    }

    private static string Concat(IEnumerable<Rune> runes) => string.Concat(runes.Select(r => r.ToString()));

    private static string Indent(int spaces, string text) => Repeat(spaces, " ") + text.Replace("\n", "\n" + Repeat(spaces, " "), StringComparison.Ordinal);

    private static string Repeat(int count, string text) => count >= 0 && (long)count * text.Length <= 1 << 20
        ? new StringBuilder(count * text.Length).Insert(0, text, count).ToString()
        : throw new ArgumentException("the text would be too long");

    private static object? FromJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Value(document.RootElement);
        }
        catch (JsonException)
        {
            // As Loki's: no error, no value.
            return null;
        }
    }

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToArray(),
        JsonValueKind.Object => Members(element),
        _ => null,
    };

    private static Dictionary<string, object?> Members(JsonElement element)
    {
        var members = new Dictionary<string, object?>();
        foreach (var member in element.EnumerateObject())
            members[member.Name] = Value(member.Value);
        return members;
    }
}
