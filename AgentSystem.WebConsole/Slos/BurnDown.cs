using System.Globalization;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Slos;

/// <summary>The line of a budget over time, in a box of 600 by 160, with time from left to right and the whole budget on top.</summary>
/// <param name="Path">The line, as an SVG path; it is broken where nothing was recorded.</param>
/// <param name="ZeroY">Where the budget is gone.</param>
/// <param name="Lowest">The share at the bottom: 0, or less where it was overspent.</param>
public sealed record BurnDown(string Path, double ZeroY, double Lowest)
{
    /// <summary>The box's width.</summary>
    public const double Width = 600;

    /// <summary>The box's height.</summary>
    public const double Height = 160;

    /// <summary>Draws points; null when there are none.</summary>
    /// <param name="points">The shares, oldest first.</param>
    /// <param name="from">The left edge.</param>
    /// <param name="to">The right edge.</param>
    /// <param name="step">The distance of points; where it is more than twice that, there is a gap.</param>
    public static BurnDown? Of(IEnumerable<Point> points, DateTimeOffset from, DateTimeOffset to, TimeSpan step)
    {
        var all = points.Where(point => double.IsFinite(point.Value)).ToArray();
        if (all.Length == 0 || to <= from)
            return null;
        var lowest = Math.Min(0, all.Min(point => point.Value));
        var path = new System.Text.StringBuilder();
        for (var i = 0; i < all.Length; i++)
        {
            var isGap = i == 0 || all[i].At - all[i - 1].At > step * 2;
            var x = (all[i].At - from) / (to - from) * Width;
            var y = Y(all[i].Value);
            if (isGap)
                path.Append(CultureInfo.InvariantCulture, $"M{x:0.#} {y:0.#}");
            // To itself first, so that a point that stands alone is a dot.
            path.Append(CultureInfo.InvariantCulture, $"L{x:0.#} {y:0.#}");
        }

        return new(path.ToString(), Y(0), lowest);

        double Y(double share) => (1 - Math.Min(share, 1)) / (1 - lowest) * Height;
    }
}
