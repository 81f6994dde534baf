using System.Globalization;

namespace AgentSystem.TelemetryStore.LogQl.Syntax;

/// <summary>A query whose answer is numbers.</summary>
public abstract record MetricExpr : Expr;

/// <summary>Which labels a result keeps: <c>by (…)</c>, or all others: <c>without (…)</c>.</summary>
public sealed record Grouping(bool Without, Sequence<string> Labels)
{
    /// <summary>No label at all.</summary>
    public bool IsSingle => !Without && Labels.Count == 0;

    /// <inheritdoc/>
    public override string ToString() => $" {(Without ? "without" : "by")} ({Labels})";
}

/// <summary>The label whose value is the sample, and conditions that hold afterwards.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Conversion"><c>bytes</c>, <c>duration</c>, <c>duration_seconds</c>, or null for a plain number.</param>
/// <param name="Filters">May look at the errors of the conversion.</param>
public sealed record Unwrap(string Label, string? Conversion, Sequence<LabelFilter> Filters)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $" | unwrap {(Conversion is null ? Label : $"{Conversion}({Label})")}{string.Concat(Filters.Select(f => $" | {f}"))}";
}

/// <summary>Lines of the time before each step: <c>{…}[5m] offset 1h</c>.</summary>
/// <param name="Logs">Which lines.</param>
/// <param name="IntervalNanos">How far back, in nanoseconds.</param>
/// <param name="OffsetNanos">How much earlier than the step it ends.</param>
/// <param name="Unwrap">Where the samples come from when lines are not counted.</param>
public sealed record LogRange(LogExpr Logs, long IntervalNanos, long OffsetNanos = 0, Unwrap? Unwrap = null)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Logs}{Unwrap}[{GoDuration.FormatPrometheus(IntervalNanos)}]{(OffsetNanos == 0 ? "" : $" offset {GoDuration.FormatGo(OffsetNanos)}")}";
}

/// <summary>A number from the lines of a range: <c>rate({…}[5m])</c>.</summary>
public sealed record RangeAggregation(string Operation, LogRange Range, double? Parameter = null, Grouping? Grouping = null) : MetricExpr
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Operation}({(Parameter is { } p ? GoText.FormatPlain(p) + "," : "")}{Range}){Grouping}";
}

/// <summary>A number from several series: <c>sum by (app) (…)</c>.</summary>
public sealed record VectorAggregation(string Operation, MetricExpr Of, Grouping Grouping, int Parameter = 0) : MetricExpr
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Operation}{(Grouping.IsSingle ? "" : Grouping)}({(Parameter == 0 ? "" : Parameter.ToString(CultureInfo.InvariantCulture) + ",")}{Of})";
}

/// <summary>How the series of two sides find each other.</summary>
/// <param name="On">By the labels alone, or by all but them.</param>
/// <param name="Labels">The labels; null when the query names none.</param>
/// <param name="Group"><c>group_left</c>, <c>group_right</c>, or null for one to one.</param>
/// <param name="Include">Labels taken over from the side with one.</param>
public sealed record Matching(bool On, Sequence<string>? Labels, string? Group = null, Sequence<string>? Include = null)
{
    /// <summary>All labels, one to one.</summary>
    public static Matching Default { get; } = new(On: false, Labels: null);
}

/// <summary>Two sides and an operator between them.</summary>
/// <param name="Operator">As it is written: <c>+</c>, <c>&gt;=</c>, <c>unless</c>.</param>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side.</param>
/// <param name="ReturnBool">A comparison gives 0 or 1 instead of filtering.</param>
/// <param name="Matching">How series find each other when both sides are series.</param>
public sealed record BinaryExpr(string Operator, MetricExpr Left, MetricExpr Right, bool ReturnBool, Matching Matching) : MetricExpr
{
    /// <summary>It filters instead of calculating.</summary>
    public bool IsComparison => Operator is "==" or "!=" or ">" or ">=" or "<" or "<=";

    /// <summary>It works on sets of series.</summary>
    public bool IsLogical => IsSetOperator(Operator);

    internal static bool IsSetOperator(string op) => op is "or" or "and" or "unless";

    /// <inheritdoc/>
    public override string ToString()
    {
        var op = Operator + (ReturnBool ? " bool" : "");
        if (Matching != Matching.Default)
            op += $" {(Matching.On ? "on" : "ignoring")} ({Matching.Labels}) {Matching.Group}{(Matching.Include is { } include ? $" ({include})" : "")}";
        return $"({Left} {op} {Right})";
    }
}

/// <summary>A number.</summary>
public sealed record Literal(double Value) : MetricExpr
{
    /// <inheritdoc/>
    public override string ToString() => Value switch
    {
        // LogQL can calculate these and has no words for them.
        double.NaN => "(0 / 0)",
        double.PositiveInfinity => "(10 ^ 400)",
        double.NegativeInfinity => "(-10 ^ 401)",
        _ => GoText.FormatShort(Value),
    };
}

/// <summary>A series without labels that always has the same value: <c>vector(1)</c>.</summary>
public sealed record VectorLiteral(double Value) : MetricExpr
{
    /// <inheritdoc/>
    public override string ToString() =>
        Value.ToString("F6", CultureInfo.InvariantCulture) is var six && double.Parse(six, CultureInfo.InvariantCulture) == Value
            ? $"vector({six})"
            : $"vector({GoText.FormatPlain(Value)})";
}

/// <summary>A label made from another by a regular expression: <c>label_replace(…, "dst", "$1", "src", "(.*)")</c>.</summary>
public sealed record LabelReplace(MetricExpr Of, string Destination, string Replacement, string Source, string Regex) : MetricExpr
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"label_replace({Of},{GoText.Quote(Destination)},{GoText.Quote(Replacement)},{GoText.Quote(Source)},{GoText.Quote(Regex)})";
}
