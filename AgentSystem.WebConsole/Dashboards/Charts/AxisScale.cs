using AgentSystem.WebConsole.Dashboards.Format;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>The scale of values: its ends, and the lines with what is written beside them.</summary>
/// <param name="Ticks">Values, rising.</param>
/// <param name="Texts">One for each tick.</param>
/// <param name="Log">Logarithmic; ends and ticks are values all the same.</param>
public sealed record AxisScale(double Min, double Max, IReadOnlyList<double> Ticks, IReadOnlyList<string> Texts, bool Log)
{
    private const int MostDecimals = 8;

    private static readonly double[] Seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

    /// <summary>A scale that holds the values.</summary>
    /// <param name="least">The least value; not a number when there is none.</param>
    /// <param name="greatest">The greatest.</param>
    /// <param name="settings">Unit, fixed and soft ends.</param>
    /// <param name="lines">About how many lines there is room for.</param>
    public static AxisScale Of(double least, double greatest, FieldSettings settings, int lines = 5)
    {
        var style = settings.Graph;
        var (low, high) = double.IsNaN(least) ? (0, 1) : (least, greatest);
        low = settings.Min ?? Math.Min(low, style.SoftMin ?? low);
        high = settings.Max ?? Math.Max(high, style.SoftMax ?? high);
        if (style.LogBase is { } logBase)
            return Logarithmic(low, high, logBase, settings);
        if (high <= low)
            (low, high) = settings.Min is not null || low == 0 ? (low, low + 1) : settings.Max is not null ? (high - 1, high) : (low - (Math.Abs(low) / 2), low + (Math.Abs(low) / 2));
        var step = Step((high - low) / lines, settings.Unit);
        low = settings.Min ?? Math.Floor(low / step) * step;
        high = settings.Max ?? Math.Ceiling((high / step) - 1e-9) * step;
        if (high <= low)
            high = low + step;
        var ticks = new List<double>();
        for (var i = Math.Ceiling((low / step) - 1e-9); i * step <= high + (step * 1e-6) && ticks.Count < 30; i++)
            ticks.Add(i * step);
        return new(low, high, ticks, Write(ticks, settings), false);
    }

    private static AxisScale Logarithmic(double low, double high, double logBase, FieldSettings settings)
    {
        logBase = logBase > 1 ? logBase : 10;
        high = high > 0 ? high : 1;
        low = low > 0 ? low : high / Math.Pow(logBase, 3);
        var (first, last) = ((int)Math.Floor(Math.Log(low, logBase) + 1e-9), (int)Math.Ceiling(Math.Log(high, logBase) - 1e-9));
        last = Math.Max(last, first + 1);
        var every = Math.Max(1, (last - first) / 8);
        var ticks = Enumerable.Range(first, last - first + 1).Where(i => (i - first) % every == 0).Select(i => Math.Pow(logBase, i)).ToList();
        return new(settings.Min is > 0 and var min ? min : Math.Pow(logBase, first), settings.Max is > 0 and var max ? max : Math.Pow(logBase, last), ticks, Write(ticks, settings), true);
    }

    // 1, 2 or 5 of what people count the unit in.
    private static double Step(double raw, string? unit)
    {
        if (unit is "s" or "dtdurations" or "clocks" && raw >= 1)
            return Seconds.FirstOrDefault(s => s >= raw * 0.8, Math.Ceiling(raw / 604800) * 604800);
        if (unit is "bytes" or "binBps" or "bits" && raw >= 1)
        {
            var power = Math.Pow(1024, Math.Floor(Math.Log(raw, 1024)));
            return Nice(raw / power) is var times && times >= 1000 ? power * 1024 : power * times;
        }
        var step = Nice(raw);
        // Things that are counted come in wholes.
        return unit is "none" or "short" or null && raw is > 0.2 and < 1 ? 1 : step;
    }

    private static double Nice(double raw)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var share = raw / power;
        return power * (share <= 1.0001 ? 1 : share <= 2.0001 ? 2 : share <= 5.0001 ? 5 : 10);
    }

    // As many decimals as the panel wants, or as few as say exactly where the line is; in any case as many as tell the lines apart.
    private static List<string> Write(List<double> ticks, FieldSettings settings)
    {
        var format = Units.Of(settings.Unit);
        var ways = Enumerable.Range(2, MostDecimals).Select(decimals => With(_ => decimals)).Prepend(With(Exact));
        if (settings.Decimals is { } wanted)
            ways = ways.Prepend(With(_ => wanted));
        return ways.FirstOrDefault(texts => texts.Distinct().Count() == texts.Count) ?? With(Exact);

        List<string> With(Func<double, int?> decimals) => [.. ticks.Select(tick => format(tick, decimals(tick)).ToString())];

        int? Exact(double tick)
        {
            var exactly = Shortened(format(tick, MostDecimals + 2).Text);
            return Enumerable.Range(0, MostDecimals).Cast<int?>().FirstOrDefault(decimals => Shortened(format(tick, decimals).Text) == exactly);
        }

        static string Shortened(string number) => number.Contains('.', StringComparison.Ordinal) && !number.Contains('e', StringComparison.Ordinal) ? number.TrimEnd('0').TrimEnd('.') : number;
    }
}
