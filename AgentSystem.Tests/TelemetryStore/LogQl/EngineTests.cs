using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.LogQl.Syntax;
using AgentSystem.TelemetryStore.Logs;
using CsCheck;

namespace AgentSystem.Tests.TelemetryStore.LogQl;

public sealed class EngineTests
{
    private const long Second = 1_000_000_000;

    private static readonly IReadOnlyList<Label> Stream = new LabelSet([new("app", "shop"), new("level", "info")]).Labels;

    [Theory]
    [InlineData("""{app="shop"} | json""", """{"a":1,"b":{"c-d":"x","1":true},"list":[1],"none":null,"level":"warn"}""",
        """{a="1", app="shop", b_1="true", b_c_d="x", level="info", level_extracted="warn"}""")]
    [InlineData("""{app="shop"} | json""", "no json", """{__error__="JSONParserErr", __error_details__="Value looks like object, but can't find closing '}' symbol", app="shop", level="info"}""")]
    [InlineData("""{app="shop"} | json""", """{"a":"1","a":"2","b":oops}""", """{__error__="JSONParserErr", __error_details__="Unknown value type", a="1", app="shop", level="info"}""")]
    [InlineData("""{app="shop"} | json x="a.b[1]", y="nope" """, """{"a":{"b":[1,"two"]}}""", """{app="shop", level="info", x="two", y=""}""")]
    [InlineData("""{app="shop"} | logfmt""", """a=1 b="two words" c= d""", """{a="1", app="shop", b="two words", level="info"}""")]
    [InlineData("""{app="shop"} | logfmt --strict""", """a=1 =x""", """{__error__="LogfmtParserErr", __error_details__="logfmt syntax error at pos 5 : unexpected '='", a="1", app="shop", level="info"}""")]
    [InlineData("""{app="shop"} | logfmt x="a" """, """a=1 b=2""", """{app="shop", level="info", x="1"}""")]
    [InlineData("""{app="shop"} | json | drop level, a="2" | keep app, a, b""", """{"a":1,"b":2,"c":3}""", """{a="1", app="shop", b="2"}""")]
    [InlineData("""{app="shop"} | json | label_format who=app, up="{{.a | ToUpper}}!" """, """{"a":"x"}""", """{a="x", level="info", up="X!", who="shop"}""")]
    [InlineData("""{app="shop"} | json | a > 1""", """{"a":"x"}""", """{__error__="LabelFilterErr", __error_details__="strconv.ParseFloat: parsing \"x\": invalid syntax", a="x", app="shop", level="info"}""")]
    public async Task A_line_gets_the_labels_that_Loki_gives_it(string query, string line, string labels) =>
        Assert.Equal(labels, Assert.Single(await LinesAsync(query, line)).All.ToString());

    [Theory]
    [InlineData("""{app="shop"} | json | took > 1s""", """{"took":"1500ms"}""", true)]
    [InlineData("""{app="shop"} | json | took > 1s""", """{"took":"900ms"}""", false)]
    [InlineData("""{app="shop"} | json | took > 1s""", """{"other":"5s"}""", false)]
    [InlineData("""{app="shop"} | json | size >= 1KiB and level="info" """, """{"size":"1024B"}""", true)]
    [InlineData("""{app="shop"} | json | x=~"ab?" """, """{"x":"abb"}""", false)]
    [InlineData("""{app="shop"} | missing="" """, "a", true)]
    [InlineData("""{app="shop"} |= "a" or "b" != "c" """, "xb", true)]
    [InlineData("""{app="shop"} != "a" or "b" """, "xb", false)]
    [InlineData("""{app="shop"} |~ "(?i)ERR.r$" """, "an error", true)]
    [InlineData("""{app="shop"} |~ "err$" """, "err\n", false)]
    [InlineData("""{app="shop"} | line_format "x" |= "a" """, "a", false)]
    public async Task A_filter_keeps_what_Loki_keeps(string query, string line, bool isKept) =>
        Assert.Equal(isKept ? 1 : 0, (await LinesAsync(query, line)).Count);

    // pkg/logql/log/filter.go of Loki 3.7: some patterns are taken for texts, and those that stand for "contains" lose their anchors.
    [Theory]
    [InlineData("al.*", "malice", true)]
    [InlineData(".*ice", "alices", true)]
    [InlineData("ali|alice", "malices", true)]
    [InlineData("al(ice|fred)", "malices", true)]
    [InlineData("al(ice|fred)", "alan", false)]
    [InlineData("alice", "malice", false)]
    [InlineData("warn|error", "errors", false)]
    [InlineData("(warn|error)", "error", true)]
    [InlineData("bar|baz", "bars", false)]
    [InlineData("a|b", "ab", false)]
    [InlineData("(al|ben)ice", "malice", false)]
    [InlineData("al.+", "malice", false)]
    [InlineData("a.*e", "malice", false)]
    [InlineData("(?i)ALICE", "alice", true)]
    [InlineData("(?i)al.*", "MALICE", true)]
    [InlineData(@"al\\.*", "mal.ice", false)]
    [InlineData(".*", "", true)]
    [InlineData(".+", "", false)]
    [InlineData("", "anything", true)]
    public async Task A_label_filter_matches_what_Loki_takes_its_expression_for(string pattern, string value, bool isKept)
    {
        foreach (var (op, expected) in new[] { ("=~", isKept), ("!~", !isKept) })
        {
            var found = await LinesAsync($$"""{app="shop"} | label_format x="{{value}}" | x{{op}}"{{pattern}}" """, "a");
            Assert.Equal((op, expected ? 1 : 0), (op, found.Count));
        }
    }

    [Theory]
    [InlineData("{{.app}}-{{.nope}}.", "shop-.")]
    [InlineData("{{if eq .app \"shop\"}}yes{{else}}no{{end}}", "yes")]
    [InlineData("{{- .app -}}  x", "shopx")]
    [InlineData("{{ __line__ | upper | trunc 2 }}", "TH")]
    [InlineData("{{ add 1 .two | printf \"%05d\" }} {{ divf 1 3 }}", "00003 0.3333333333333333")]
    [InlineData("{{ __timestamp__ | date \"2006-01-02T15:04:05.000Z07:00\" }}", "1970-01-01T00:00:01.500Z")]
    [InlineData("{{ $x := .app }}{{ range (fromJson \"[1,2]\") }}{{ . }}{{ $x }},{{ end }}", "1shop,2shop,")]
    [InlineData("{{ regexReplaceAll \"(s)(h)\" .app \"$2${1}\" }}|{{ default \"d\" .nope }}|{{ substr 0 2 .app }}|{{ .app | alignRight 6 }}", "hsop|d|sh|  shop")]
    [InlineData("{{/* nothing */}}{{ .app | replace \"o\" \"0\" }}", "sh0p")]
    public async Task A_template_writes_what_Go_writes(string template, string line)
    {
        var lines = await LinesAsync($$"""{app="shop"} | label_format two="2" | line_format {{GoText.Quote(template)}}""", "the line", 3 * Second / 2);
        Assert.Equal(line, Assert.Single(lines).Line);
    }

    [Theory]
    [InlineData("{{ nope .x }}", "stage '| line_format \"{{ nope .x }}\"' : invalid line template: template: line:1: function \"nope\" not defined")]
    [InlineData("{{ toDate \"2006\" .x }}", "function \"toDate\" is not supported by this store")]
    [InlineData("{{ .x ", "unclosed action")]
    public async Task A_template_that_cannot_be_read_is_an_error(string template, string error) =>
        Assert.Contains(error, (await Assert.ThrowsAsync<LogQlParseException>(() => LinesAsync($$"""{app="shop"} | line_format {{GoText.Quote(template)}}""", "x"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""count_over_time({app="shop"}[10s])""", """{app="shop", level="info"} 3""")]
    [InlineData("""rate({app="shop"} |= "a" [10s])""", """{app="shop", level="info"} 0.2""")]
    [InlineData("""sum(bytes_over_time({app="shop"}[20s]))""", "{} 60")]
    [InlineData("""sum by (k) (count_over_time({app="shop"} | json [20s]))""", """{k="a"} 3;{k="b"} 1""")]
    [InlineData("""avg_over_time({app="shop"} | json | unwrap v [20s]) by (k)""", """{k="a"} 2;{k="b"} 7""")]
    [InlineData("""quantile_over_time(0.5, {app="shop"} | json | k="a" | unwrap v [20s])""", """{app="shop", k="a", level="info"} 2""")]
    [InlineData("""max(sum_over_time({app="shop"} | json | unwrap v [20s])) * 2 > 10""", "{} 14")]
    [InlineData("""topk(1, sum by (k) (count_over_time({app="shop"} | json [20s])))""", """{k="a"} 3""")]
    [InlineData("""count_over_time({app="shop"}[10s]) > bool 5""", """{app="shop", level="info"} 0""")]
    [InlineData("""sum(count_over_time({app="shop"}[20s])) / sum(count_over_time({app="shop"} |= "b" [20s]))""", "{} 4")]
    [InlineData("""absent_over_time({app="gone", x=~"y"}[1m])""", """{app="gone"} 1""")]
    [InlineData("""sum by (k) (count_over_time({app="shop"} | json [20s])) unless sum by (k) (count_over_time({app="shop"} | json | k="a" [20s]))""", """{k="b"} 1""")]
    [InlineData("""label_replace(sum by (k) (rate({app="shop"} | json [20s])), "z", "$1!", "k", "(a)")""", """{k="a", z="a!"} 0.15;{k="b"} 0.05""")]
    [InlineData("""vector(1)+vector(1)""", "{} 2")]
    public async Task An_instant_query_gives_the_numbers_that_Loki_gives(string query, string expected)
    {
        string[] lines = ["""{"k":"a","v":1}""", """{"k":"b","v":7}""", """{"k":"a","v":2}""", """{"k":"a","v":3}"""];
        var store = new InMemoryLogStore();
        // The window is open at its beginning and closed at its end: of (10 s, 20 s] three lines are left.
        long[] times = [10, 11, 15, 20];
        await store.AppendAsync([.. lines.Select((l, i) => new LogEntry(times[i] * Second, l, Stream, []))], CancellationToken.None);

        var vector = Assert.IsType<VectorResult>(Engine(store).Numbers(Metric(query), new(20 * Second, 20 * Second), new(), CancellationToken.None));
        Assert.Equal(expected, string.Join(';', vector.Samples.Select(s => $"{s.Labels} {GoText.FormatPlain(s.Value)}")));
    }

    [Fact]
    public async Task A_line_that_is_no_json_ends_a_metric_query_only_where_its_fields_are_needed()
    {
        var store = new InMemoryLogStore();
        await store.AppendAsync([new(Second, "no json", Stream, [])], CancellationToken.None);
        var time = new QueryTime(Second, Second);

        var error = Assert.Throws<LogQlException>(() => Engine(store).Numbers(Metric("""count_over_time({app="shop"} | json [1m])"""), time, new(), CancellationToken.None));
        Assert.StartsWith("pipeline error: 'JSONParserErr' for series: '{__error__=\"JSONParserErr\"", error.Message, StringComparison.Ordinal);

        var sum = Engine(store).Numbers(Metric("""sum(count_over_time({app="shop"} | json [1m]))"""), time, new(), CancellationToken.None);
        Assert.Equal(1, Assert.Single(Assert.IsType<VectorResult>(sum).Samples).Value);
    }

    [Fact]
    public async Task More_series_than_allowed_are_an_error()
    {
        var store = new InMemoryLogStore();
        await store.AppendAsync([.. Enumerable.Range(0, 501).Select(i => new LogEntry(Second, $$"""{"i":{{i}}}""", Stream, []))], CancellationToken.None);
        var error = Assert.Throws<LogQlException>(() => Engine(store).Numbers(Metric("""count_over_time({app="shop"} | json [1m])"""), new(Second, Second), new(), CancellationToken.None));
        Assert.StartsWith("maximum number of series (500) reached for a single query", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sliding_window_counts_what_each_window_alone_counts() => Gen.Select(
        Gen.Long[0, 100].List[0, 60], Gen.Long[1, 30], Gen.Long[1, 40], Gen.Long[-10, 10]).Sample(
        (times, step, range, offset) =>
        {
            var store = new InMemoryLogStore();
            store.AppendAsync([.. times.Select((t, i) => new LogEntry(t * Second, $"{i}", Stream, []))], CancellationToken.None).AsTask().GetAwaiter().GetResult();
            var query = Metric($$"""count_over_time({app="shop"}[{{range}}s] offset {{offset}}s)""");

            var matrix = Assert.IsType<MatrixResult>(Engine(store).Numbers(query, new(20 * Second, 90 * Second, step * Second), new(), CancellationToken.None));

            var counted = matrix.Series.SelectMany(s => s.Points).ToDictionary(p => p.TimestampMillis / 1000, p => p.Value);
            for (var at = 20L; at <= 90; at += step)
                Assert.Equal(times.Count(t => t > at - offset - range && t <= at - offset), counted.GetValueOrDefault(at));
        },
        iter: 300);

    [Fact]
    public async Task Lines_come_in_the_order_asked_for_up_to_the_limit()
    {
        var store = new InMemoryLogStore();
        await store.AppendAsync([.. Enumerable.Range(1, 5).Select(i => new LogEntry(i * Second, $"{i}", Stream, []))], CancellationToken.None);
        var logs = (LogExpr)Parser.Parse("""{app="shop"}""");

        string Lines(bool backward, int limit, long interval = 0) => string.Concat(
            Engine(store).Lines(logs, new(2 * Second, 5 * Second), new(limit, backward, interval), new(), CancellationToken.None).Select(l => l.Line));

        Assert.Equal("234", Lines(backward: false, 10));
        Assert.Equal("43", Lines(backward: true, 2));
        Assert.Equal("24", Lines(backward: false, 10, 2 * Second));
    }

    private static MetricExpr Metric(string query) => (MetricExpr)Parser.Parse(query);

    private static QueryEngine Engine(ILogStore store) => new(store, new(MaxSeries: 500, MaxEntries: 5000, TimeSpan.FromMinutes(1)));

    private static async Task<IReadOnlyList<ResultLine>> LinesAsync(string query, string line, long nanos = Second)
    {
        var store = new InMemoryLogStore();
        await store.AppendAsync([new(nanos, line, Stream, [])], CancellationToken.None);
        return Engine(store).Lines((LogExpr)Parser.Parse(query), new(0, 10 * Second), new(100, Backward: true), new(), CancellationToken.None);
    }
}
