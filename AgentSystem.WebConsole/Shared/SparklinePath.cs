using System.Globalization;
using System.Text;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Shared;

/// <summary>A course as a line in a box, with its highest point at the top. Where values are missing for a while, so is the line.</summary>
/// <param name="Line">The <c>d</c> of the line.</param>
/// <param name="Area">The <c>d</c> of what is below it.</param>
public sealed record SparklinePath(string Line, string Area)
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
        var longest = 2 * there.Zip(there.Skip(1), (one, next) => next.X - one.X).Min();
        var (line, area) = (new StringBuilder(), new StringBuilder());
        for (var from = 0; from < there.Count;)
        {
            var to = from;
            while (to + 1 < there.Count && there[to + 1].X - there[to].X <= longest)
                to++;
            if (to > from)
            {
                var run = string.Join('L', there[from..(to + 1)].Select(point => $"{At(point.X)} {Text(height - 1 - (Math.Max(0, point.Y - low) / span * (height - 2)))}"));
                line.Append('M').Append(run);
                area.Append('M').Append(run).Append(CultureInfo.InvariantCulture, $"L{At(there[to].X)} {height}L{At(there[from].X)} {height}Z");
            }
            from = to + 1;
        }
        return line.Length > 0 ? new(line.ToString(), area.ToString()) : null;

        string At(double x) => Text((x - first) / (last - first) * width);
    }

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
