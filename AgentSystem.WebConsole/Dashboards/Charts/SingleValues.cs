using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Format;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>One value of a stat, a gauge or a bar gauge.</summary>
/// <param name="Color">CSS.</param>
/// <param name="Line">The series for a sparkline.</param>
public sealed record SingleValue(string Name, DisplayedValue Value, string Color, ValueDisplay Display, IReadOnlyList<double> Line, IReadOnlyList<DashboardLink> Links, FieldSettings Settings);

/// <summary>Makes the values of a panel that shows one for each series.</summary>
public static class SingleValues
{
    /// <summary>The values, or one without a value where there is no data at all.</summary>
    /// <exception cref="DashboardException">The panel asks for a calculation that there is none of.</exception>
    public static IReadOnlyList<SingleValue> Of(Panel panel, PanelData data, ReduceOptions reduce)
    {
        var fields = data.Series.Select((series, i) => (Series: series, Field: FieldNaming.Of(panel, series), Place: i)).ToList();
        if (reduce.Fields.Length > 0)
            fields = [.. fields.Where(f => reduce.Fields.StartsWith('/') ? GrafanaRegex.Of(reduce.Fields, TimeSpan.FromMilliseconds(100)).IsMatch(f.Field.Name) : f.Field.Name == reduce.Fields)];
        if (fields.Count == 0)
            return [new("", new ValueDisplay(panel.Defaults).Show((double?)null), Palette.Css(null), new(panel.Defaults), [], [], panel.Defaults)];
        // Without ends of their own the values are measured against each other, as Grafana does it.
        var finite = fields.SelectMany(f => f.Series.Values).Where(double.IsFinite).ToList();
        var (low, high) = finite.Count == 0 ? (0, 100) : (finite.Min(), finite.Max());
        return [.. fields.SelectMany(f => Values(f.Series, reduce).Select(value =>
        {
            var display = new ValueDisplay(f.Field.Settings, panel.Options is StatOptions ? low : Math.Min(0, low), high);
            var shown = display.Show(value);
            var color = f.Field.Settings.Color switch
            {
                { Mode: ColorMode.Fixed } c => Palette.Css(c.Fixed),
                { Mode: ColorMode.Palette } => Palette.OfSeries(f.Place),
                { Mode: ColorMode.PaletteByName } => Palette.OfName(f.Field.Name),
                _ => Palette.Css(shown.Color),
            };
            return new SingleValue(f.Field.Name, shown, color, display, f.Series.Values, f.Field.Settings.Links, f.Field.Settings);
        }))];
    }

    private static IEnumerable<double?> Values(DataSeries series, ReduceOptions reduce) => reduce.EachValue
        ? series.Values.Where(v => !double.IsNaN(v)).Take(reduce.Limit ?? 25).Select(v => (double?)v)
        : reduce.Calcs.Take(1).Select(calc => Reducer.Reduce(series.Values, calc));
}
