using System.Globalization;
using System.Text;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Shared;

/// <summary>A course as a line in a box, with its highest point at the top.</summary>
/// <param name="Line">The <c>d</c> of a path from the left edge to the right one.</param>
public sealed record SparklinePath(string Line)
{
    /// <summary>Draws it from nothing upwards; null where there are not two values to draw a line between.</summary>
    public static SparklinePath? Of(IReadOnlyList<Point> points, double width, double height)
    {
        ArgumentNullException.ThrowIfNull(points);
        return Draw([.. points.Select(point => ((double)point.At.Ticks, point.Value))], width, height, floor: 0);
    }

    /// <summary>Draws values at equal distances; null where there are not two of them.</summary>
    /// <param name="values">Not a number where there is none.</param>
    /// <param name="width">Of the box.</param>
    /// <param name="height">Of the box.</param>
    /// <param name="floor">What lies at the bottom; the least value when null.</param>
    public static SparklinePath? Of(IReadOnlyList<double> values, double width, double height, double? floor) =>
        Draw([.. values.Select((value, i) => ((double)i, value))], width, height, floor);

    private static SparklinePath? Draw(IReadOnlyList<(double X, double Y)> points, double width, double height, double? floor)
    {
        var there = points.Where(point => double.IsFinite(point.Y)).ToList();
        if (there.Count < 2)
            return null;
        var (first, last) = (points[0].X, points[^1].X);
        var (low, high) = (floor ?? there.Min(point => point.Y), there.Max(point => point.Y));
        var span = high > low ? high - low : 1;
        var line = new StringBuilder();
        foreach (var (x, y) in there)
            line.Append(CultureInfo.InvariantCulture,
                $"{(line.Length == 0 ? 'M' : 'L')}{(x - first) / (last - first) * width:0.#} {height - 1 - Math.Max(0, y - low) / span * (height - 2):0.#}");
        return new(line.ToString());
    }
}
