namespace AgentSystem.WebConsole.Dashboards.Charts;

/// <summary>A chart over time as the browser's script takes it. Colours are CSS; every text is written already.</summary>
/// <param name="From">Milliseconds since 1970.</param>
/// <param name="Tooltip"><c>all</c>, <c>one</c> or <c>none</c>.</param>
/// <param name="Sort"><c>none</c>, <c>asc</c> or <c>desc</c>.</param>
public sealed record ChartSpec(
    long From, long To, IReadOnlyList<ChartTrace> Traces, ChartAxis Left, ChartAxis? Right, IReadOnlyList<ChartLimit> Limits, IReadOnlyList<ChartMark> Marks,
    IReadOnlyList<ChartExemplar> Exemplars, string Tooltip, string Sort);

/// <summary>One series.</summary>
/// <param name="Kind"><c>line</c>, <c>bars</c> or <c>points</c>.</param>
/// <param name="Start">The first moment; the others follow at the same distance.</param>
/// <param name="Y">Null is a gap.</param>
/// <param name="Texts">What is told of each value.</param>
/// <param name="Shape">Plotly's word for how points are connected.</param>
/// <param name="Fill">How opaque the area below is, from 0 to 1.</param>
/// <param name="Stack">Series with the same word stand on each other; null for none.</param>
/// <param name="Share">They are shares of their sum.</param>
public sealed record ChartTrace(
    string Name, string Color, string Kind, long Start, long Step, IReadOnlyList<double?> Y, IReadOnlyList<string?> Texts, string Shape, double Width, double Fill,
    bool Points, double PointSize, string? Stack, bool Share, bool ConnectGaps, bool Dashed, bool OnTheRight, bool Hidden, bool InTooltip);

/// <summary>A scale of values.</summary>
public sealed record ChartAxis(double Min, double Max, IReadOnlyList<double> Ticks, IReadOnlyList<string> Texts, bool Log, string Label, bool Hidden);

/// <summary>A threshold.</summary>
/// <param name="Area">The colour fills from here to the next limit.</param>
/// <param name="To">The next limit; null at the top.</param>
public sealed record ChartLimit(double? Value, double? To, string Color, bool Line, bool Area);

/// <summary>A marked moment.</summary>
public sealed record ChartMark(long From, long To, string Color, string Text);

/// <summary>One event, which may lead to its trace.</summary>
public sealed record ChartExemplar(long At, double Value, IReadOnlyList<string> Texts, string? Url);
