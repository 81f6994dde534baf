namespace AgentSystem.WebConsole.Dashboards.Model;

/// <summary>How a field's values are shown: Grafana's <c>fieldConfig</c>, after the overrides that match the field.</summary>
/// <param name="Unit">Grafana's id of a unit, or null.</param>
/// <param name="Decimals">Digits after the point; null for as many as the value needs.</param>
public sealed record FieldSettings(
    string? Unit, int? Decimals, double? Min, double? Max, string? DisplayName, string? NoValue, ColorSettings Color, Thresholds Thresholds,
    IReadOnlyList<ValueMapping> Mappings, IReadOnlyList<DashboardLink> Links, GraphStyle Graph, CellStyle Cell)
{
    public static FieldSettings Default { get; } = new(
        null, null, null, null, null, null, new(ColorMode.Thresholds, null), Thresholds.None, [], [], new(), new());
}

/// <summary>Where a field's colour comes from.</summary>
/// <param name="Fixed">For <see cref="ColorMode.Fixed"/>: by Grafana's name or as <c>#rrggbb</c>.</param>
public sealed record ColorSettings(ColorMode Mode, string? Fixed);

public enum ColorMode
{
    Thresholds,
    Palette,
    PaletteByName,
    Fixed,
}

/// <summary>Limits at which the colour changes.</summary>
/// <param name="Percentage">The limits are shares, in percent, of the way from min to max.</param>
/// <param name="Steps">From low to high; the first one's limit is minus infinity.</param>
public sealed record Thresholds(bool Percentage, IReadOnlyList<ThresholdStep> Steps)
{
    public static Thresholds None { get; } = new(false, [new(double.NegativeInfinity, "green")]);
}

public sealed record ThresholdStep(double From, string Color);

/// <summary>Says what a value is called, and in which colour. The first that matches holds.</summary>
public sealed record ValueMapping(MappingKind Kind, string? Value, double From, double To, string? Pattern, string? Text, string? Color);

public enum MappingKind
{
    Value,
    Range,
    Regex,
    Null,
    NaN,
    NullOrNaN,
    True,
    False,
    Empty,
}

/// <summary>Which fields an override is for, and what it changes: a part of <c>fieldConfig.defaults</c>.</summary>
public sealed record FieldOverride(MatcherKind Matcher, string Argument, System.Text.Json.Nodes.JsonObject Changes);

public enum MatcherKind
{
    ByName,
    ByRegexp,
    ByFrameRefId,
    ByType,
}

/// <summary>How a time series is drawn.</summary>
/// <param name="FillOpacity">Under the line, in percent.</param>
/// <param name="ConnectGaps">A line over gaps.</param>
/// <param name="LogBase">Of a logarithmic axis; null for a linear one.</param>
public sealed record GraphStyle(
    DrawStyle Draw = DrawStyle.Line, LineShape Shape = LineShape.Linear, double LineWidth = 1, double FillOpacity = 0, bool Points = false, double PointSize = 5,
    Stacking Stacking = Stacking.None, string StackGroup = "A", bool ConnectGaps = false, string AxisLabel = "", AxisSide Axis = AxisSide.Left,
    double? SoftMin = null, double? SoftMax = null, double? LogBase = null, ThresholdStyle ThresholdStyle = ThresholdStyle.Off, bool Dashed = false,
    bool Hidden = false, bool HiddenInLegend = false, bool HiddenInTooltip = false);

public enum DrawStyle
{
    Line,
    Bars,
    Points,
}

public enum LineShape
{
    Linear,
    Smooth,
    StepBefore,
    StepAfter,
}

public enum Stacking
{
    None,
    Normal,
    Percent,
}

public enum AxisSide
{
    Left,
    Right,
    None,
}

public enum ThresholdStyle
{
    Off,
    Line,
    Area,
}

/// <summary>How a table shows a field.</summary>
/// <param name="Width">In pixels; null for what it needs.</param>
public sealed record CellStyle(CellKind Kind = CellKind.Text, CellAlignment Alignment = CellAlignment.Auto, double? Width = null, bool Hidden = false);

public enum CellKind
{
    Text,
    ColoredText,
    ColoredBackground,
    Gauge,
}

public enum CellAlignment
{
    Auto,
    Left,
    Center,
    Right,
}
