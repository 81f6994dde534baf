using System.Globalization;
using System.Text;

namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>A small line without scales, in a box of 100 by 30.</summary>
public static class Sparkline
{
    private const double Width = 100, Height = 30;

    /// <summary>The line as an SVG path; null when there are not two values.</summary>
    /// <param name="values">At equal distances; not a number where there is none.</param>
    /// <param name="min">What lies at the bottom; the least value when null.</param>
    public static string? Path(IReadOnlyList<double> values, double? min)
    {
        var finite = values.Where(double.IsFinite).ToList();
        if (finite.Count < 2)
            return null;
        var (low, high) = (min ?? finite.Min(), finite.Max());
        var span = high > low ? high - low : 1;
        var path = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
            if (double.IsFinite(values[i]))
                path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{i * Width / Math.Max(1, values.Count - 1):0.#} {Height - ((values[i] - low) / span * (Height - 2)) - 1:0.#}");
        return path.ToString();
    }
}
