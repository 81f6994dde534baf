using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.Tests.TelemetryStore.LogQl;

/// <summary>
/// Loki's grammar (pkg/logql/syntax/syntax.y of Loki 3.7), rule by rule: a construct has the right answer, or is refused with its name and
/// place. A wrong answer is what must not be.
/// </summary>
public sealed class GrammarTests
{
    private const long Second = 1_000_000_000;

    // Four lines at 10, 20, 30 and 40 seconds; queries are asked at 40 seconds.
    private static readonly (string App, string Line, string Level)[] Data =
    [
        ("a", """{"n":1,"took":"100ms","size":"1KB","user":{"name":"anna"}}""", "info"),
        ("a", """{"n":2,"took":"2s","size":"2KiB","user":{"name":"ben"}}""", "error"),
        ("b", "n=3 took=5ms msg=\"two words\"", "info"),
        ("b", "n=4 took=1m", "warn"),
    ];

    // logExpr, selector, matcher, lineFilter, orFilter, labelFilter, unitFilter, numberFilter, parsers, formats, drop, keep, decolorize
    [Theory]
    [InlineData("""{app="a"}""", "12")]
    [InlineData("""({app="a"})""", "12")]
    [InlineData("""{app!="a", app=~".+"}""", "34")]
    [InlineData("""{app=~"a|b"}""", "1234")]
    [InlineData("""{app=~".+", app!~"a"}""", "34")]
    [InlineData("""{app=~".+"} |= "n=" """, "34")]
    [InlineData("""{app=~".+"} != "n=" """, "12")]
    [InlineData("""{app=~".+"} |~ "b.n" """, "2")]
    [InlineData("""{app=~".+"} !~ "anna|took=1m" """, "23")]
    [InlineData("""{app=~".+"} |= "anna" or "two" """, "13")]
    [InlineData("""{app=~".+"} != "anna" or "two" """, "24")]
    [InlineData("""{app=~".+"} |= "n" |= "took" != "two" """, "124")]
    [InlineData("""{app="a"} | json""", "12")]
    [InlineData("""{app="a"} | json n, who="user.name" | who="ben" """, "2")]
    [InlineData("""{app="b"} | logfmt | msg="two words" """, "3")]
    [InlineData("""{app="b"} | logfmt --strict --keep-empty | n=4""", "4")]
    [InlineData("""{app="b"} | logfmt x="n" | x="3" """, "3")]
    [InlineData("""{app="b"} | logfmt --strict x="n", msg | x="3" """, "3")]
    [InlineData("""{app="a"} | json | n > 1""", "2")]
    [InlineData("""{app="a"} | json | n >= 1""", "12")]
    [InlineData("""{app="a"} | json | n < 2""", "1")]
    [InlineData("""{app="a"} | json | n <= 1""", "1")]
    [InlineData("""{app="a"} | json | n = 1""", "1")]
    [InlineData("""{app="a"} | json | n == 1""", "1")]
    [InlineData("""{app="a"} | json | n != 1""", "2")]
    [InlineData("""{app="a"} | json | n > -1.5e0""", "12")]
    [InlineData("""{app="a"} | json | took > 1s""", "2")]
    [InlineData("""{app="a"} | json | took <= 100ms""", "1")]
    [InlineData("""{app="a"} | json | took == 2s""", "2")]
    [InlineData("""{app="a"} | json | size > 1KB""", "2")]
    [InlineData("""{app="a"} | json | size != 2KiB""", "1")]
    [InlineData("""{app="a"} | json | n=1 and took=100ms""", "1")]
    [InlineData("""{app="a"} | json | n=1 , took=2s""", "")]
    [InlineData("""{app="a"} | json | n=1 or took=2s""", "12")]
    [InlineData("""{app="a"} | json | (n=1 or took=2s) and user_name!="anna" """, "2")]
    [InlineData("""{app="a"} | json | n=1 took=100ms""", "1")]
    [InlineData("""{app=~".+"} | level=~"in.*" """, "13")]
    [InlineData("""{app=~".+"} | level!~"info|warn" """, "2")]
    [InlineData("""{app=~".+"} | line_format "{{.level}}" |= "warn" """, "4")]
    [InlineData("""{app=~".+"} | label_format lvl=level, x="{{.app}}!" | lvl="info" | x="a!" """, "1")]
    [InlineData("""{app=~".+"} | drop level | level="" """, "1234")]
    [InlineData("""{app=~".+"} | drop level="info", app | level="" """, "13")]
    [InlineData("""{app=~".+"} | keep app, level=~"w.+" | level="warn" """, "4")]
    [InlineData("""{app=~".+"} | decolorize | level="error" """, "2")]
    public async Task Lines(string query, string found)
    {
        var logs = Assert.IsType<LogExpr>(Parser.Parse(query));
        var lines = (await EngineAsync()).Lines(logs, new(0, 41 * Second), new(100, Backward: false), new(), CancellationToken.None);
        Assert.Equal(found, string.Concat(lines.Select(l => l.TimestampNanos / (10 * Second))));
    }

    // logRangeExpr, unwrapExpr, rangeAggregationExpr, vectorAggregationExpr, grouping, offsetExpr, labelReplaceExpr, binOpExpr and its modifiers, literalExpr, vectorExpr
    [Theory]
    [InlineData("""count_over_time({app="a"}[1m])""", """{app="a", level="error"} 1;{app="a", level="info"} 1""")]
    [InlineData("""count_over_time(({app="b"})[10s])""", """{app="b", level="warn"} 1""")]
    [InlineData("""sum(count_over_time({app=~".+"}[1m] |= "took"))""", "{} 4")]
    [InlineData("""sum(count_over_time({app=~".+"} |= "took" [20s]))""", "{} 2")]
    [InlineData("""sum(count_over_time({app=~".+"}[20s] offset 10s))""", "{} 2")]
    [InlineData("""sum(count_over_time({app=~".+"}[20s] offset 10s | level="info"))""", "{} 1")]
    [InlineData("""sum(count_over_time({app="a"}[40s] offset -10s))""", "{} 1")]
    [InlineData("""sum(rate({app="a"}[20s] offset 20s))""", "{} 0.1")]
    [InlineData("""sum(bytes_over_time({app="b"}[1m]))""", "{} 39")]
    [InlineData("""sum(bytes_rate({app="b"}[20s]))""", "{} 1.95")]
    [InlineData("""sum(rate({app="b"} | logfmt | unwrap n [20s]))""", "{} 0.35")]
    [InlineData("""sum_over_time({app="b"} | logfmt | unwrap n [1m])""", """{app="b", level="info", msg="two words", took="5ms"} 3;{app="b", level="warn", took="1m"} 4""")]
    [InlineData("""sum(sum_over_time({app="b"} | logfmt | unwrap duration(took) [1m]))""", "{} 60.005")]
    [InlineData("""sum(sum_over_time({app="b"} | logfmt | unwrap duration_seconds(took) [1m]))""", "{} 60.005")]
    [InlineData("""sum(sum_over_time({app="a"} | json | unwrap bytes(size) [1m]))""", "{} 3048")]
    [InlineData("""max_over_time({app="a"} | json | unwrap n | n > 1 [1m]) by (app)""", """{app="a"} 2""")]
    [InlineData("""min_over_time({app="a"} | json | unwrap n [1m]) by (app)""", """{app="a"} 1""")]
    [InlineData("""avg_over_time({app="a"} | json | unwrap n [1m]) by ()""", "{} 1.5")]
    [InlineData("""avg_over_time({app="a"} | json | unwrap n [1m]) without (level, took, size, user_name)""", """{app="a"} 1.5""")]
    [InlineData("""stddev_over_time({app="a"} | json | unwrap n [1m]) by (app)""", """{app="a"} 0.5""")]
    [InlineData("""stdvar_over_time({app="a"} | json | unwrap n [1m]) by (app)""", """{app="a"} 0.25""")]
    [InlineData("""quantile_over_time(0.75, {app="a"} | json | unwrap n [1m]) by (app)""", """{app="a"} 1.75""")]
    [InlineData("""quantile_over_time(2, {app="a"} | json | unwrap n [1m]) by (app)""", """{app="a"} +Inf""")]
    [InlineData("""first_over_time({app="a"} | json | unwrap n [1m]) by (app)""", """{app="a"} 1""")]
    [InlineData("""last_over_time({app="a"} | json | unwrap n [1m]) by (app)""", """{app="a"} 2""")]
    [InlineData("""absent_over_time({app="c", x!="y"}[1m])""", """{app="c"} 1""")]
    [InlineData("""absent_over_time({app="a"}[1m])""", "")]
    [InlineData("""sum by (app) (count_over_time({app=~".+"}[1m]))""", """{app="a"} 2;{app="b"} 2""")]
    [InlineData("""sum(count_over_time({app=~".+"}[1m])) by (app)""", """{app="a"} 2;{app="b"} 2""")]
    [InlineData("""sum without (level) (count_over_time({app=~".+"}[1m]))""", """{app="a"} 2;{app="b"} 2""")]
    [InlineData("""sum(count_over_time({app="a"}[1m])) without ()""", """{app="a", level="error"} 1;{app="a", level="info"} 1""")]
    [InlineData("""avg(count_over_time({app=~".+"}[1m]))""", "{} 1")]
    [InlineData("""min(count_over_time({app=~".+"}[1m]))""", "{} 1")]
    [InlineData("""max(count_over_time({app=~".+"}[1m]))""", "{} 1")]
    [InlineData("""count(count_over_time({app=~".+"}[1m]))""", "{} 4")]
    [InlineData("""stddev(sum by (app, level) (count_over_time({app=~".+"}[1m])))""", "{} 0")]
    [InlineData("""stdvar(sum by (app, level) (count_over_time({app=~".+"}[1m])))""", "{} 0")]
    [InlineData("""topk(1, sum by (level) (count_over_time({app=~".+"}[1m])))""", """{level="info"} 2""")]
    [InlineData("""topk by (app) (1, sum by (app, level) (sum_over_time({app="b"} | logfmt | unwrap n [1m])))""", """{app="b", level="warn"} 4""")]
    [InlineData("""bottomk(1, sum by (app, level) (sum_over_time({app="b"} | logfmt | unwrap n [1m]))) by (app)""", """{app="b", level="info"} 3""")]
    [InlineData("""sort(sum by (level) (sum_over_time({app="b"} | logfmt | unwrap n [1m])))""", """{level="info"} 3;{level="warn"} 4""")]
    [InlineData("""sort_desc(sum by (level) (sum_over_time({app="b"} | logfmt | unwrap n [1m])))""", """{level="warn"} 4;{level="info"} 3""")]
    [InlineData("""label_replace(sum by (app) (count_over_time({app="a"}[1m])), "x", "$1-$1", "app", "(.*)")""", """{app="a", x="a-a"} 2""")]
    [InlineData("""vector(3) + vector(4)""", "{} 7")]
    [InlineData("""1 + 2 * 3 ^ 2 % 5 - 4 / 8""", "3.5")]
    [InlineData("""-1 + +2""", "1")]
    [InlineData("""vector(1) / 0""", "{} NaN")]
    [InlineData("""sum(count_over_time({app=~".+"}[1m])) > 3""", "{} 4")]
    [InlineData("""sum(count_over_time({app=~".+"}[1m])) < 3""", "")]
    [InlineData("""sum(count_over_time({app=~".+"}[1m])) >= bool 5""", "{} 0")]
    [InlineData("""5 != bool sum(count_over_time({app=~".+"}[1m]))""", "{} 1")]
    [InlineData("""sum by (app) (count_over_time({app=~".+"}[1m])) == sum by (app) (count_over_time({app=~"a"}[1m]))""", """{app="a"} 2""")]
    [InlineData("""sum by (app) (count_over_time({app=~".+"}[1m])) and sum by (app) (count_over_time({app=~"a"}[1m]))""", """{app="a"} 2""")]
    [InlineData("""sum by (app) (count_over_time({app=~".+"}[1m])) unless sum by (app) (count_over_time({app=~"a"}[1m]))""", """{app="b"} 2""")]
    [InlineData("""sum by (app) (count_over_time({app="a"}[1m])) or vector(0)""", """{} 0;{app="a"} 2""")]
    [InlineData("""sum by (app) (count_over_time({app=~".+"}[1m])) * on () sum(count_over_time({app="c"}[1m]))""", "")]
    [InlineData("""sum by (app, level) (count_over_time({app="a"}[1m])) / on (app) group_left sum by (app) (count_over_time({app="a"}[1m]))""",
        """{app="a", level="error"} 0.5;{app="a", level="info"} 0.5""")]
    [InlineData("""sum by (app) (count_over_time({app="a"}[1m])) - ignoring (level) group_right () sum by (app, level) (count_over_time({app="a"}[1m]))""",
        """{app="a", level="error"} 1;{app="a", level="info"} 1""")]
    public async Task Numbers(string query, string expected)
    {
        var metric = (MetricExpr)Parser.Parse(query);
        var answer = (await EngineAsync()).Numbers(metric, new(40 * Second, 40 * Second), new(), CancellationToken.None) switch
        {
            ScalarResult scalar => GoText.FormatPlain(scalar.Value),
            VectorResult vector => string.Join(';', vector.Samples.Select(s => $"{s.Labels} {GoText.FormatPlain(s.Value)}")),
            var other => other.ToString(),
        };
        Assert.Equal(expected, answer);
    }

    [Theory]
    [InlineData("""{app="a"} |> "<_> x" """, 11, "the line filter |>")]
    [InlineData("""{app="a"} !> "<_> x" """, 11, "the line filter !>")]
    [InlineData("""{app="a"} |= ip("10.0.0.0/8")""", 14, "ip()")]
    [InlineData("""{app="a"} |= "x" or ip("10.0.0.0/8")""", 21, "ip()")]
    [InlineData("""{app="a"} | addr = ip("10.0.0.0/8")""", 20, "ip()")]
    [InlineData("""{app="a"} | addr != ip("10.0.0.0/8")""", 21, "ip()")]
    [InlineData("""{app="a"} | pattern "<x>" """, 13, "the parser pattern")]
    [InlineData("""{app="a"} | regexp "(?P<x>a)" """, 13, "the parser regexp")]
    [InlineData("""{app="a"} | unpack""", 13, "the parser unpack")]
    [InlineData("""sum(count_over_time({app="a"} | unpack [1m]))""", 33, "the parser unpack")]
    [InlineData("""rate_counter({app="a"} | unwrap x [1m])""", 1, "rate_counter()")]
    [InlineData("""1 + sum(rate_counter({app="a"} | unwrap x [1m]))""", 9, "rate_counter()")]
    [InlineData("""approx_topk(3, sum by (app) (rate({app="a"}[1m])))""", 1, "approx_topk()")]
    [InlineData("""variants(count_over_time({app="a"}[1m])) of ({app="a"}[1m])""", 1, "variants()")]
    public void Refused(string query, int column, string construct)
    {
        var error = Assert.Throws<LogQlParseException>(() => Parser.Parse(query));
        Assert.Equal($"parse error at line 1, col {column}: {construct} is not supported by this store", error.Message);
    }

    private static async Task<QueryEngine> EngineAsync()
    {
        var store = new InMemoryLogStore();
        await store.AppendAsync([.. Data.Select((d, i) => new LogEntry((i + 1) * 10 * Second, d.Line, [new("app", d.App)], [new("level", d.Level)]))], CancellationToken.None);
        return new(store, new(MaxSeries: 500, MaxEntries: 5000, TimeSpan.FromMinutes(1)));
    }
}
