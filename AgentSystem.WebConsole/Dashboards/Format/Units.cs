using System.Globalization;

namespace AgentSystem.WebConsole.Dashboards.Format;

/// <summary>
/// Grafana's units by their ids: what a value is divided by and what is written behind it. Source: <c>grafana-data/src/valueFormats</c> of
/// Grafana; ids that are not in its table are a suffix of their own, there as here.
/// </summary>
public static class Units
{
    /// <summary>Writes a value. Moments are written in UTC, as everywhere in the console's tables.</summary>
    public delegate FormattedValue Formatter(double value, int? decimals);

    private static readonly string[] Short = ["", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept"];
    private static readonly string[] Money = ["", "K", "M", "B", "T"];
    private static readonly string[] Binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

    private static readonly string[] Decimal = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];
    private const int DecimalBase = 5;

    private static readonly Dictionary<string, Formatter> Table = Build();

    /// <summary>The unit is in the table or one of the patterns (<c>suffix:</c>, <c>currency:</c>, …).</summary>
    public static bool IsKnown(string? unit) => string.IsNullOrEmpty(unit) || Table.ContainsKey(unit) || Pattern(unit) is not null;

    /// <summary>The unit's way of writing values; one that is unknown becomes a suffix.</summary>
    public static Formatter Of(string? unit) =>
        string.IsNullOrEmpty(unit) ? Suffix("") : Table.TryGetValue(unit, out var known) ? known : Pattern(unit) ?? Suffix(unit);

    /// <summary>Values of this unit are moments, in milliseconds since 1970.</summary>
    public static bool IsMoment(string? unit) => unit is not null && (unit.StartsWith("dateTime", StringComparison.Ordinal) || unit.StartsWith("time:", StringComparison.Ordinal));

    private static Dictionary<string, Formatter> Build()
    {
        var units = new Dictionary<string, Formatter>(StringComparer.Ordinal)
        {
            ["none"] = Suffix(""),
            ["string"] = (value, _) => new(value.ToString("R", CultureInfo.InvariantCulture)),
            ["short"] = Scaled(1000, Short),
            ["percent"] = (value, decimals) => new(Digits.Text(value, decimals), "%"),
            ["percentunit"] = (value, decimals) => new(Digits.Text(value * 100, decimals), "%"),
            ["sci"] = (value, decimals) => new(Scientific(value, decimals)),
            ["hex"] = (value, _) => new(((long)value).ToString("X", CultureInfo.InvariantCulture)),
            ["hex0x"] = (value, _) => new("0x" + ((long)value).ToString("X", CultureInfo.InvariantCulture)),
            ["locale"] = (value, decimals) => new(value.ToString("#,0." + new string('#', decimals ?? 3), CultureInfo.InvariantCulture)),
            ["humidity"] = Suffix("%H"),
            ["dB"] = Suffix("dB"),
            ["pixel"] = Suffix("px"),
            ["celsius"] = Suffix("°C"),
            ["degree"] = Suffix("°"),
            ["bool"] = Words("True", "False"),
            ["bool_yes_no"] = Words("Yes", "No"),
            ["bool_on_off"] = Words("On", "Off"),
            ["hertz"] = Si("Hz"),
            ["watt"] = Si("W"),
            ["pps"] = Si("p/s"),
            ["dateTimeAsIso"] = Moment("yyyy-MM-dd HH:mm:ss"),
            ["dateTimeAsIsoNoDateIfToday"] = Moment("yyyy-MM-dd HH:mm:ss"),
            ["dateTimeAsUS"] = Moment("MM/dd/yyyy h:mm:ss tt"),
            ["dateTimeAsSystem"] = Moment("yyyy-MM-dd HH:mm:ss"),
            ["dateTimeAsLocal"] = Moment("yyyy-MM-dd HH:mm:ss"),
        };
        foreach (var (id, symbol) in new[] { ("currencyUSD", "$"), ("currencyGBP", "£"), ("currencyEUR", "€"), ("currencyJPY", "¥"), ("currencyCHF", "CHF"), ("currencyINR", "₹"), ("currencyKRW", "₩"), ("currencyBRL", "R$") })
            units[id] = Currency(symbol);
        AddData(units);
        foreach (var (id, what) in new[] { ("cps", "c/s"), ("ops", "ops/s"), ("reqps", "req/s"), ("rps", "rd/s"), ("wps", "wr/s"), ("iops", "io/s"), ("eps", "evt/s"), ("mps", "msg/s"), ("recps", "rec/s"), ("rowsps", "rows/s") })
            units[id] = Counted(what);
        foreach (var (id, what) in new[] { ("cpm", "c/m"), ("opm", "ops/m"), ("reqpm", "req/m"), ("rpm", "rd/m"), ("wpm", "wr/m"), ("epm", "evts/m"), ("mpm", "msgs/m"), ("recpm", "rec/m"), ("rowspm", "rows/m") })
            units[id] = Counted(what);
        foreach (var (id, formatter) in DurationUnits.All)
            units[id] = formatter;
        return units;
    }

    private static void AddData(Dictionary<string, Formatter> units)
    {
        (string Id, string Unit)[] plain = [("bytes", "B"), ("bits", "b"), ("binBps", "B/s"), ("binbps", "b/s")];
        foreach (var (id, unit) in plain)
            units[id] = Iec(unit);
        (string Id, string Unit)[] si = [("decbytes", "B"), ("decbits", "b"), ("Bps", "B/s"), ("bps", "b/s")];
        foreach (var (id, unit) in si)
            units[id] = Si(unit);
        string[] sizes = ["k", "m", "g", "t", "p"];
        for (var i = 0; i < sizes.Length; i++)
        {
            units[$"{sizes[i]}bytes"] = Iec("B", i + 1);
            units[$"dec{sizes[i]}bytes"] = Si("B", i + 1);
        }
        string[] rates = ["K", "M", "G", "T", "P"];
        for (var i = 0; i < rates.Length; i++)
        {
            units[$"{rates[i]}iBs"] = Iec("B/s", i + 1);
            units[$"{rates[i]}ibits"] = Iec("b/s", i + 1);
            units[$"{rates[i]}Bs"] = Si("B/s", i + 1);
            units[$"{rates[i]}bits"] = Si("b/s", i + 1);
        }
    }

    private static Formatter? Pattern(string unit)
    {
        var colon = unit.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            return null;
        var argument = unit[(colon + 1)..];
        return unit[..colon] switch
        {
            "prefix" => (value, decimals) => new(Digits.Text(value, decimals), "", argument),
            "suffix" => Suffix(argument),
            "count" => Counted(argument),
            "currency" => Currency(argument),
            "si" => Prefixed(argument),
            "bool" => argument.Split('/', 2) is [var yes, var no] ? Words(yes, no) : Words(argument, "-"),
            _ => null,
        };
    }

    // "si:mA" counts in milliampere: the letter before the unit says where on the scale the value stands.
    private static Formatter Prefixed(string argument)
    {
        var offset = argument.Length > 1 ? Array.IndexOf(Decimal, argument[..1]) - DecimalBase : 0;
        return offset is 0 or < -DecimalBase ? Si(argument) : Si(argument[1..], offset);
    }

    private static Formatter Suffix(string unit) => (value, decimals) => new(Digits.Text(value, decimals), unit.Length == 0 ? "" : " " + unit);

    private static Formatter Words(string yes, string no) => (value, _) => new(value != 0 ? yes : no);

    private static Formatter Moment(string pattern) => (value, _) =>
        new(double.IsFinite(value) && Math.Abs(value) < 2.5e14 ? DateTimeOffset.FromUnixTimeMilliseconds((long)value).ToString(pattern, CultureInfo.InvariantCulture) : Digits.Text(value));

    private static Formatter Iec(string unit, int offset = 0) => Scaled(1024, [.. Binary.Select(p => $" {p}{unit}")], offset);

    private static Formatter Si(string unit, int offset = 0) => Scaled(1000, [.. Decimal.Select(p => $" {p}{unit}")], DecimalBase + offset);

    private static Formatter Counted(string unit)
    {
        var scaled = Scaled(1000, Money);
        return (value, decimals) => scaled(value, decimals) is var text ? text with { Suffix = $"{text.Suffix} {unit}" } : default;
    }

    private static Formatter Currency(string symbol)
    {
        var scaled = Scaled(1000, Money);
        return (value, decimals) => scaled(Math.Abs(value), decimals) with { Prefix = value < 0 ? "-" + symbol : symbol };
    }

    private static Formatter Scaled(double factor, string[] suffixes, int offset = 0) => (value, decimals) =>
    {
        if (!double.IsFinite(value))
            return new(Digits.Text(value));
        var power = value == 0 ? 0 : (int)Math.Floor(Math.Log10(Math.Abs(value)) / Math.Log10(factor));
        power = Math.Clamp(power, -offset, suffixes.Length - offset - 1);
        return new(Digits.Text(value / Math.Pow(factor, power), decimals), suffixes[offset + power]);
    };

    private static string Scientific(double value, int? decimals)
    {
        var text = value.ToString(decimals is { } digits ? "0." + new string('0', digits) + "e+0" : "0.###############e+0", CultureInfo.InvariantCulture);
        return text.Replace(".e", "e", StringComparison.Ordinal);
    }
}
