using System.Globalization;

namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>The arcs of a gauge: seven tenths of a circle, open at the bottom, in a box of 200 by 128 around (100, 95).</summary>
public static class GaugeArc
{
    private const double CenterX = 100, CenterY = 98, First = 200, Whole = 220; // degrees, from the right, against the clock

    /// <summary>The arc between two shares of the scale.</summary>
    public static string Path(double from, double to, double radius)
    {
        var (a, b) = (Point(from, radius), Point(to, radius));
        return string.Create(CultureInfo.InvariantCulture, $"M{a.X:0.##} {a.Y:0.##}A{radius} {radius} 0 {((to - from) * Whole > 180 ? 1 : 0)} 1 {b.X:0.##} {b.Y:0.##}");
    }

    /// <summary>The stretches between thresholds, as shares of the scale, with their colours.</summary>
    public static IEnumerable<(double From, double To, string Color)> Limits(SingleValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var steps = value.Settings.Thresholds.Steps;
        var (low, high) = (value.Display.Min, value.Display.Max);
        if (high <= low)
            yield break;
        for (var i = 0; i < steps.Count; i++)
        {
            var from = Share(value.Display.LimitOf(steps[i]));
            var to = i + 1 < steps.Count ? Share(value.Display.LimitOf(steps[i + 1])) : 1;
            if (to > from)
                yield return (from, to, Palette.Css(steps[i].Color));
        }

        double Share(double limit) => double.IsNegativeInfinity(limit) ? 0 : Math.Clamp((limit - low) / (high - low), 0, 1);
    }

    private static (double X, double Y) Point(double share, double radius)
    {
        var angle = (First - (share * Whole)) * Math.PI / 180;
        return (CenterX + (radius * Math.Cos(angle)), CenterY - (radius * Math.Sin(angle)));
    }
}
