using System.Globalization;
using System.Text;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Shared;

/// <summary>A course as a line in a box, from nothing at the bottom to its highest point at the top.</summary>
/// <param name="Line">The <c>d</c> of a path from the left edge to the right one.</param>
public sealed record SparklinePath(string Line)
{
    /// <summary>Draws it; null where there are not two values to draw a line between.</summary>
    public static SparklinePath? Of(IReadOnlyList<Point> points, double width, double height)
    {
        ArgumentNullException.ThrowIfNull(points);
        var values = points.Where(point => double.IsFinite(point.Value)).ToList();
        if (values.Count < 2)
            return null;
        var top = Math.Max(values.Max(point => point.Value), double.Epsilon);
        var (first, last) = (values[0].At, values[^1].At);
        var line = new StringBuilder();
        foreach (var point in values)
        {
            var x = (point.At - first) / (last - first) * width;
            var y = height - 1 - Math.Max(0, point.Value) / top * (height - 2);
            line.Append(line.Length == 0 ? 'M' : 'L').Append(x.ToString("0.#", CultureInfo.InvariantCulture)).Append(' ').Append(y.ToString("0.#", CultureInfo.InvariantCulture));
        }
        return new(line.ToString());
    }
}
