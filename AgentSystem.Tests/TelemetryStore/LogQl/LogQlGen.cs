using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;
using CsCheck;

namespace AgentSystem.Tests.TelemetryStore.LogQl;

/// <summary>Queries of all kinds, and texts that are nearly queries.</summary>
internal static class LogQlGen
{
    private static readonly Gen<string> Name = Any("app", "level", "_x", "status_code", "took", "__error__", "by2", "rate");
    private static readonly Gen<string> Text = Gen.OneOf(Gen.String[0, 8], Any("", "a\"b\\c", "`", "é\n😀", "{{.x}}"));
    private static readonly Gen<string> Regex = Any("a.*", "(x|y)+", @"\d{2,3}[^a-z]", "");

    private static readonly Gen<LabelMatcher> Matcher = Gen.OneOf(
        Gen.Select(Name, Any(LabelMatch.Equal, LabelMatch.NotEqual), Text, (n, m, v) => new LabelMatcher(n, m, v)),
        Gen.Select(Name, Any(LabelMatch.Regex, LabelMatch.NotRegex), Regex, (n, m, v) => new LabelMatcher(n, m, v)));

    private static readonly Gen<Comparison> Comparisons = Gen.Enum<Comparison>();

    private static readonly Gen<LabelFilter> Filter = Gen.Recursive<LabelFilter>((depth, filter) => depth > 3
        ? Matcher.Select(m => (LabelFilter)new TextLabelFilter(m))
        : Gen.OneOf(
            Matcher.Select(m => (LabelFilter)new TextLabelFilter(m)),
            Gen.Select(Name, Comparisons, Gen.Double[-1e6, 1e6], (n, c, v) => (LabelFilter)new NumberLabelFilter(n, c, v == 0 ? 0 : v)),
            Gen.Select(Name, Comparisons, Gen.Long[-1_000_000_000_000, 1_000_000_000_000], (n, c, v) => (LabelFilter)new DurationLabelFilter(n, c, v)),
            Gen.Select(Name, Comparisons, Gen.ULong[0, 1UL << 50], (n, c, v) => (LabelFilter)new BytesLabelFilter(n, c, v)),
            Gen.Select(filter, filter, Gen.Bool, (l, r, and) => (LabelFilter)new BinaryLabelFilter(l, r, and))));

    private static readonly Gen<Extraction> Extraction = Gen.Select(Name, Text, (n, t) => new Extraction(n, t));

    private static readonly Gen<Stage> Stage = Gen.OneOf(
        Gen.Select(Any(LineMatch.Contains, LineMatch.ContainsNot, LineMatch.Regex, LineMatch.NotRegex), Some(Text), (m, t) => (Stage)new LineFilterStage(m, t)),
        Gen.Const((Stage)new ParserStage("json")),
        Some(Extraction).Select(e => (Stage)new JsonExtractionStage(e)),
        Gen.Select(Gen.Bool, Gen.Bool, Gen.OneOf(Some(Extraction), Gen.Const<Sequence<Extraction>>([])), (s, k, e) => (Stage)new LogfmtStage(s, k, e)),
        Filter.Select(f => (Stage)new LabelFilterStage(f)),
        Text.Select(t => (Stage)new LineFormatStage(t)),
        Gen.Select(Some(Gen.OneOf(Gen.Select(Name, Name, (n, v) => new LabelFormat(n, v, true)), Gen.Select(Name, Text, (n, v) => new LabelFormat(n, v, false)))), f => (Stage)new LabelFormatStage(f)),
        Gen.Select(Gen.Bool, Some(Gen.OneOf(Name.Select(n => new LabelChoice(n)), Matcher.Select(m => new LabelChoice(m.Name, m)))), (k, l) => (Stage)new LabelChoiceStage(k, l)),
        Gen.Const((Stage)new DecolorizeStage()));

    private static readonly Gen<LogExpr> Logs = Gen.Select(
        Some(Matcher), Stage.List[0, 4],
        // The first makes a selector that Loki accepts; "drop x != y" would be read as a condition of the drop.
        (matchers, stages) => new LogExpr(
            [new("app", LabelMatch.Equal, "x"), .. matchers],
            new(stages.Any(s => s is LabelChoiceStage) ? stages.Where(s => s is not LineFilterStage) : stages)));

    private static readonly Gen<Grouping> Group = Gen.Select(Gen.Bool, Gen.OneOf(Some(Name), Gen.Const<Sequence<string>>([])), (w, l) => new Grouping(w, l));

    private static readonly Gen<LogRange> Range = Gen.Select(
        Logs, Gen.Long[1, 100_000_000], Gen.OneOf(Gen.Const(0L), Gen.Long[-1_000_000_000_000, 1_000_000_000_000]),
        (l, i, o) => new LogRange(l, i * 1_000_000, o));

    private static readonly Gen<Unwrap> Unwraps = Gen.Select(Name, Any<string?>(null, "bytes", "duration"), Filter.List[0, 2], (n, c, f) => new Unwrap(n, c, new(f)));

    private static readonly Gen<MetricExpr> Leaf = Gen.OneOf(
        Gen.Select(Any("count_over_time", "rate", "bytes_rate", "absent_over_time"), Range, (o, r) => (MetricExpr)new RangeAggregation(o, r)),
        Gen.Select(Range, Unwraps, Group, (r, u, g) => (MetricExpr)new RangeAggregation("max_over_time", r with { Unwrap = u }, null, g)),
        Gen.Select(Range, Unwraps, Gen.Double[0, 1], (r, u, q) => (MetricExpr)new RangeAggregation("quantile_over_time", r with { Unwrap = u }, q)),
        Gen.Double[0, 1e9].Select(v => (MetricExpr)new VectorLiteral(v)));

    private static readonly Gen<MetricExpr> Metric = Gen.Recursive<MetricExpr>((depth, metric) => depth > 3 ? Leaf : Gen.OneOf(
        Leaf,
        Gen.Select(Any("sum", "avg", "count"), metric, Group, (o, m, g) => (MetricExpr)new VectorAggregation(o, m, g)),
        Gen.Select(metric, Group, Gen.Int[1, 99], (m, g, k) => (MetricExpr)new VectorAggregation("topk", m, g, k)),
        Gen.Select(Any("+", "^", ">=", "%"), metric, Gen.Double[-1e30, 1e30], Gen.Bool, (o, m, v, b) => (MetricExpr)new BinaryExpr(o, m, new Literal(v == 0 ? 0 : v), b, Matching.Default)),
        Gen.Select(Any("or", "/", "unless"), metric, metric, Matchings, (o, l, r, m) => (MetricExpr)new BinaryExpr(o, l, r, false, m)),
        Gen.Select(metric, Text, Name, (m, t, n) => (MetricExpr)new LabelReplace(m, n, t, n, "(.*)"))));

    private static Gen<Matching> Matchings => Gen.OneOf(
        Gen.Const(Matching.Default),
        Gen.Select(Gen.Bool, Some(Name), (on, l) => new Matching(on, l)),
        Gen.Select(Some(Name), Any("group_left", "group_right"), Some(Name), (l, g, i) => new Matching(true, l, g, i)));

    /// <summary>Queries of both kinds.</summary>
    internal static Gen<Expr> Query => Gen.OneOf(Logs.Select(l => (Expr)l), Metric.Select(m => (Expr)m));

    /// <summary>Words of the language in any order.</summary>
    internal static Gen<string> Fragments { get; } = Any(
        "{", "}", "(", ")", "[5m]", "[", "|=", "|", "json", "app", "=", "=~", "\"x\"", "`y`", ",", "sum", "by", "rate(", "count_over_time(", "1", "5ms", "2KB", "+",
        "or", "unwrap", "offset", "line_format", "drop", "#", "\"", "{app=\"x\"}", "vector(1)", "-", "!~", "--strict", "logfmt", "label_format", "\n", "bool", "on").List[1, 12].Select(w => string.Join(' ', w));

    private static Gen<T> Any<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static Gen<Sequence<T>> Some<T>(Gen<T> item) => item.List[1, 3].Select(l => new Sequence<T>(l));
}
