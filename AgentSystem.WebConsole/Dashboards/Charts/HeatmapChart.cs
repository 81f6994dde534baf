using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Format;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>A cell of a heatmap that holds something.</summary>
/// <param name="Weight">From 0 to 1, of the fullest cell.</param>
public sealed record HeatmapCell(int Column, int Row, double Weight, string Text);

/// <summary>A heatmap, made ready to be drawn: rows are buckets, the smallest at the bottom.</summary>
public sealed record HeatmapChart(int Columns, IReadOnlyList<string> Rows, IReadOnlyList<HeatmapCell> Cells, long From, long To, double Greatest, string Color)
{
    /// <summary>Makes the heatmap. Buckets above the last one that ever held something are left out, and so are those below the first.</summary>
    public static HeatmapChart Of(Panel panel, PanelData data)
    {
        var options = (HeatmapOptions)panel.Options;
        var buckets = Buckets.Of(data.Series);
        var used = buckets.Counts.Select((counts, i) => (Sum: counts.Where(c => c > 0).Sum(), i)).Where(b => b.Sum > 0).Select(b => b.i).ToList();
        var color = Palette.Css(options.Scheme.ToUpperInvariant() switch
        {
            "REDS" or "YLORRD" => "red",
            "GREENS" => "green",
            "PURPLES" or "PURD" => "purple",
            "ORANGES" => "orange",
            _ => "blue",
        });
        if (used.Count == 0)
            return new(0, [], [], data.From, data.To, 0, color);
        var (first, last) = (Math.Max(0, used[0] - 1), Math.Min(buckets.Bounds.Count - 1, used[^1] + 1));
        var format = Units.Of(options.AxisUnit ?? panel.Defaults.Unit);
        var greatest = buckets.Counts.SelectMany(c => c).Where(c => !double.IsNaN(c)).Max();
        var cells = new List<HeatmapCell>();
        for (var row = first; row <= last; row++)
        {
            for (var column = 0; column < buckets.Times.Length; column++)
            {
                var count = buckets.Counts[row][column];
                if (double.IsNaN(count) || count <= 0)
                    continue;
                var at = Units.Of("dateTimeAsIso")(buckets.Times[column], null);
                cells.Add(new(column, row - first, Math.Sqrt(count / greatest), $"{at} UTC, {Name(row)}: {Digits.Text(count, count >= 10 ? 0 : 1)}"));
            }
        }
        return new(buckets.Times.Length, [.. Enumerable.Range(first, last - first + 1).Select(Bound)], cells, data.From, data.To, greatest, color);

        string Bound(int row) => double.IsInfinity(buckets.Bounds[row]) ? "∞" : format(buckets.Bounds[row], Whole(buckets.Bounds[row])).ToString();
        string Name(int row) => row == 0 ? $"up to {Bound(0)}" : $"{Bound(row - 1)} to {Bound(row)}";
        static int? Whole(double bound) => bound % 1 == 0 ? 0 : null;
    }
}
