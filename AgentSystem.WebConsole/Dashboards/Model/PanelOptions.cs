namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>What only one type of panel has.</summary>
public abstract record PanelOptions;

public sealed record TimeSeriesOptions(LegendOptions Legend, TooltipMode Tooltip, TooltipSort TooltipSort) : PanelOptions;

/// <param name="Calcs">Ids of the calculations shown beside each name.</param>
/// <param name="SortBy">The calculation's title that orders the legend, or null.</param>
public sealed record LegendOptions(bool Shown, bool AsTable, bool OnTheRight, IReadOnlyList<string> Calcs, string? SortBy, bool Descending);

public enum TooltipMode
{
    One,
    All,
    None,
}

public enum TooltipSort
{
    None,
    Ascending,
    Descending,
}

/// <summary>How many values of a series become one: the calculation, or every value as it is.</summary>
/// <param name="Fields">A regular expression of fields' names between slashes, or a name; empty for all numbers.</param>
public sealed record ReduceOptions(IReadOnlyList<string> Calcs, bool EachValue, int? Limit, string Fields);

/// <param name="ColorMode">What takes the value's colour.</param>
/// <param name="Sparkline">A small line of the series below the value.</param>
public sealed record StatOptions(ReduceOptions Reduce, StatColor ColorMode, bool Sparkline, StatText Text, PanelOrientation Orientation, bool Center) : PanelOptions;

public enum StatColor
{
    Value,
    Background,
    None,
}

public enum StatText
{
    Auto,
    Value,
    ValueAndName,
    Name,
    None,
}

public enum PanelOrientation
{
    Auto,
    Horizontal,
    Vertical,
}

public sealed record GaugeOptions(ReduceOptions Reduce, bool ThresholdLabels, bool ThresholdMarkers, PanelOrientation Orientation) : PanelOptions;

public sealed record BarGaugeOptions(ReduceOptions Reduce, BarGaugeMode Mode, bool Unfilled, PanelOrientation Orientation) : PanelOptions;

public enum BarGaugeMode
{
    Gradient,
    Lcd,
    Basic,
}

/// <param name="SortBy">A field's name, or null.</param>
public sealed record TableOptions(bool Header, string? SortBy, bool Descending) : PanelOptions;

/// <param name="Scheme">Grafana's name of the colours.</param>
public sealed record HeatmapOptions(string Scheme, bool Reverse, string? AxisUnit, int? AxisDecimals, bool ShowLegend) : PanelOptions;

public sealed record LogsOptions(bool Time, bool Labels, bool CommonLabels, bool Wrap, bool Pretty, bool NewestFirst, bool Details) : PanelOptions;

public sealed record TextOptions(TextMode Mode, string Content) : PanelOptions;

public enum TextMode
{
    Markdown,
    Html,
    Code,
}

public sealed record RowOptions : PanelOptions;

/// <summary>A type of panel that is not drawn here.</summary>
public sealed record UnsupportedOptions : PanelOptions;
