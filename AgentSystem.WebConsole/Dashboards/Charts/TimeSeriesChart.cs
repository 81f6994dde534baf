using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Format;
using AgentSystem.WebConsole.Dashboards.Model;

namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>One line of a legend.</summary>
public sealed record LegendEntry(string Name, string Color, IReadOnlyList<(string Title, string Text)> Calcs, IReadOnlyList<double?> Values);

/// <summary>A time series panel, made ready for the browser.</summary>
public sealed record TimeSeriesChart(ChartSpec Spec, IReadOnlyList<LegendEntry> Legend)
{
    private const double Opaque = 100;

    /// <summary>Makes the chart.</summary>
    /// <param name="alone">The series that somebody wants to see alone; empty for all.</param>
    public static TimeSeriesChart Of(Panel panel, PanelData data, IReadOnlyList<Annotation> annotations, IReadOnlySet<string> alone)
    {
        var options = (TimeSeriesOptions)panel.Options;
        var fields = data.Series.Select((series, i) => (Series: series, Field: FieldNaming.Of(panel, series), Place: i)).ToList();
        var drawn = fields.Select(f => Trace(f.Series, f.Field, ColorOf(f.Field, f.Place, f.Series), alone)).ToList();
        var left = Axis(fields, drawn, onTheRight: false, panel);
        var right = fields.Any(f => f.Field.Settings.Graph.Axis == AxisSide.Right) ? Axis(fields, drawn, onTheRight: true, panel) : null;
        var (from, to) = data.From == 0 ? (0, 1) : (data.From, data.To);
        var spec = new ChartSpec(
            from, to, drawn, left, right, Limits(panel.Defaults, left), [.. annotations.Where(a => a.To >= from && a.From <= to).Select(Mark)],
            [.. data.Exemplars.Where(e => e.Value <= left.Max && e.Value >= left.Min).Select(e => Exemplar(e, fields))],
            options.Tooltip switch { TooltipMode.All => "all", TooltipMode.None => "none", _ => "one" },
            options.TooltipSort switch { TooltipSort.Ascending => "asc", TooltipSort.Descending => "desc", _ => "none" });
        return new(spec, options.Legend.Shown ? LegendOf(fields, options.Legend) : []);
    }

    private static string ColorOf(NamedField field, int place, DataSeries series) => field.Settings.Color switch
    {
        { Mode: ColorMode.Fixed } color => Palette.Css(color.Fixed),
        { Mode: ColorMode.PaletteByName } => Palette.OfName(field.Name),
        { Mode: ColorMode.Thresholds } => Palette.Css(new ValueDisplay(field.Settings).Show(Reducer.Reduce(series.Values, "lastNotNull")).Color),
        _ => Palette.OfSeries(place),
    };

    private static ChartTrace Trace(DataSeries series, NamedField field, string color, IReadOnlySet<string> alone)
    {
        var style = field.Settings.Graph;
        var display = new ValueDisplay(field.Settings);
        return new(
            field.Name, color, style.Draw switch { DrawStyle.Bars => "bars", DrawStyle.Points => "points", _ => "line" },
            series.Times.Length > 0 ? series.Times[0] : 0, series.Times.Length > 1 ? series.Times[1] - series.Times[0] : 1,
            [.. series.Values.Select(v => double.IsFinite(v) ? Rounded(v) : (double?)null)], [.. series.Values.Select(v => double.IsNaN(v) ? null : display.Text(v))],
            style.Shape switch { LineShape.Smooth => "spline", LineShape.StepAfter => "hv", LineShape.StepBefore => "vh", _ => "linear" },
            style.LineWidth, style.FillOpacity / Opaque, style.Points || style.Draw == DrawStyle.Points, style.PointSize, style.Stacking == Stacking.None ? null : style.StackGroup,
            style.Stacking == Stacking.Percent, style.ConnectGaps, style.Dashed, style.Axis == AxisSide.Right, style.Hidden || (alone.Count > 0 && !alone.Contains(field.Name)), !style.HiddenInTooltip);
    }

    private static ChartAxis Axis(List<(DataSeries Series, NamedField Field, int Place)> fields, List<ChartTrace> drawn, bool onTheRight, Panel panel)
    {
        var own = drawn.Zip(fields).Where(p => p.First.OnTheRight == onTheRight && !p.First.Hidden).ToList();
        // The first that is drawn says what the scale is written in, as in Grafana.
        var settings = own.Count > 0 ? own[0].Second.Field.Settings : panel.Defaults;
        var (least, greatest) = (double.NaN, double.NaN);
        foreach (var stack in own.GroupBy(p => p.First.Stack ?? "\0" + p.Second.Place))
        {
            var (low, high) = stack.Any(s => s.First.Share) ? (0, 100) : Ends([.. stack.Select(s => s.First)]);
            (least, greatest) = (Lower(least, low), Higher(greatest, high));
        }
        // Bars and areas that do not begin at zero lie about their size.
        if (own.Any(p => p.First.Kind == "bars" || p.First.Stack is not null || p.First.Fill > 0) && least > 0)
            least = 0;
        // Grafana writes shares of a stack in percent whatever the series' unit is.
        if (own.Any(p => p.First.Share))
            settings = settings with { Unit = "percent", Min = 0, Max = 100 };
        var scale = AxisScale.Of(least, greatest, settings, Math.Clamp(panel.Grid.Height - 3, 2, 6));
        return new(scale.Min, scale.Max, scale.Ticks, scale.Texts, scale.Log, settings.Graph.AxisLabel, settings.Graph.Axis == AxisSide.None);
    }

    private static (double Low, double High) Ends(List<ChartTrace> stack)
    {
        if (stack is [var only])
            return only.Y.Any(v => v is not null) ? (only.Y.Min()!.Value, only.Y.Max()!.Value) : (double.NaN, double.NaN);
        var sums = new Dictionary<long, (double Low, double High)>();
        foreach (var trace in stack)
        {
            for (var i = 0; i < trace.Y.Count; i++)
            {
                if (trace.Y[i] is not { } value)
                    continue;
                var at = trace.Start + (i * trace.Step);
                var (low, high) = sums.GetValueOrDefault(at);
                sums[at] = value < 0 ? (low + value, high) : (low, high + value);
            }
        }
        return sums.Count == 0 ? (double.NaN, double.NaN) : (sums.Values.Min(s => s.Low), sums.Values.Max(s => s.High));
    }

    private static List<ChartLimit> Limits(FieldSettings settings, ChartAxis axis)
    {
        var style = settings.Graph.ThresholdStyle;
        if (style == ThresholdStyle.Off)
            return [];
        var display = new ValueDisplay(settings, axis.Min, axis.Max);
        var steps = settings.Thresholds.Steps;
        return [.. steps.Select((step, i) => new ChartLimit(
            double.IsFinite(step.From) ? display.LimitOf(step) : null, i + 1 < steps.Count ? display.LimitOf(steps[i + 1]) : null, Palette.Css(step.Color),
            double.IsFinite(step.From), style == ThresholdStyle.Area)).Where(l => l.Color != "transparent")];
    }

    private static ChartMark Mark(Annotation annotation) => new(
        annotation.From, annotation.To, Palette.Css(annotation.Color),
        annotation.Text.Length == 0 ? annotation.Title : $"{annotation.Title}: {annotation.Text}");

    private static ChartExemplar Exemplar(ExemplarPoint exemplar, List<(DataSeries Series, NamedField Field, int Place)> fields)
    {
        var field = fields.FirstOrDefault(f => f.Series.RefId == exemplar.RefId).Field;
        var value = field is null ? Digits.Text(exemplar.Value) : new ValueDisplay(field.Settings).Show(exemplar.Value).ToString();
        return new(exemplar.At, Rounded(exemplar.Value), [value, .. exemplar.Labels.Select(l => $"{l.Key}: {l.Value}")], exemplar.TraceId is { } id ? $"/traces/{Uri.EscapeDataString(id)}" : null);
    }

    private static List<LegendEntry> LegendOf(List<(DataSeries Series, NamedField Field, int Place)> fields, LegendOptions options)
    {
        var entries = fields.Where(f => !f.Field.Settings.Graph.HiddenInLegend).Select(f =>
        {
            var display = new ValueDisplay(f.Field.Settings);
            var calcs = options.Calcs.Select(c => (Title: Reducer.Title(c) ?? c, Value: Reducer.Title(c) is null ? null : Reducer.Reduce(f.Series.Values, c))).ToList();
            return new LegendEntry(f.Field.Name, ColorOf(f.Field, f.Place, f.Series), [.. calcs.Select(c => (c.Title, display.Show(c.Value).ToString()))], [.. calcs.Select(c => c.Value)]);
        }).ToList();
        var by = entries.Count > 0 ? entries[0].Calcs.ToList().FindIndex(c => c.Title == options.SortBy) : -1;
        if (options.SortBy == "Name")
            return options.Descending ? [.. entries.OrderByDescending(e => e.Name, StringComparer.Ordinal)] : [.. entries.OrderBy(e => e.Name, StringComparer.Ordinal)];
        return by < 0 ? entries : options.Descending ? [.. entries.OrderByDescending(e => e.Values[by])] : [.. entries.OrderBy(e => e.Values[by])];
    }

    // Seven digits are more than a screen can show, and a third of what a double takes to write.
    private static double Rounded(double value)
    {
        if (value == 0 || !double.IsFinite(value))
            return value;
        var digits = 6 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        if (digits is < -300 or > 300)
            return value;
        var power = Math.Pow(10, Math.Abs(digits));
        return digits >= 0 ? Math.Round(value * power) / power : Math.Round(value / power) * power;
    }

    private static double Lower(double a, double b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Min(a, b);

    private static double Higher(double a, double b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Max(a, b);
}
