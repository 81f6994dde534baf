using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Dashboards;

public sealed class VariableTests
{
    private static readonly TimeWindow Window = TimeWindow.Read("now-1h", "now", new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("$one", "a.b")]
    [InlineData("${one}", "a.b")]
    [InlineData("[[one]]", "a.b")]
    [InlineData("$two", @"(a\\.b|c)")]
    [InlineData("${two:regex}", @"(a\.b|c)")]
    [InlineData("${two:pipe}", "a.b|c")]
    [InlineData("${two:csv}", "a.b,c")]
    [InlineData("${two:glob}", "{a.b,c}")]
    [InlineData("${two:json}", """["a.b","c"]""")]
    [InlineData("${two:singlequote}", "'a.b','c'")]
    [InlineData("${two:doublequote}", "\"a.b\",\"c\"")]
    [InlineData("${two:sqlstring}", "'a.b','c'")]
    [InlineData("${two:text}", "A + C")]
    [InlineData("${two:queryparam}", "var-two=a.b&var-two=c")]
    [InlineData("${two:percentencode}", "%7Ba.b%2Cc%7D")]
    [InlineData("${two:distributed}", "a.b,two=c")]
    [InlineData("${two:join: and }", "a.b and c")]
    [InlineData("rate(x[$__rate_interval])", "rate(x[20s])")]
    [InlineData("increase(x[${__range}])", "increase(x[3600s])")]
    [InlineData("$__interval_ms", "5000")]
    [InlineData("${__from:date:iso}", "2026-11-24T11:00:00.000Z")]
    [InlineData("${__to:date:seconds}", "1795521600")]
    [InlineData("$none ${none} [[none]] $", "$none ${none} [[none]] $")]
    [InlineData("${__all_variables}", "var-one=a.b&var-two=a.b&var-two=c")]
    public void A_variable_is_written_as_Grafana_writes_it(string text, string written)
    {
        var scope = Scope.Empty.With(Window).With(Steps.Of(Window.Length, 1000, TimeSpan.FromSeconds(5)))
            .With(Value("one", multi: false, "a.b")).With(Value("two", multi: true, "a.b", "c"));

        Assert.Equal(written, scope.Apply(text, TextUse.PromQl));
    }

    [Fact]
    public void A_value_cannot_break_out_of_the_text_that_it_is_put_into() =>
        Gen.Select(Gen.String[0, 20], Gen.Bool).Sample((value, multi) =>
        {
            var written = Scope.Empty.With(Value("x", multi, value)).Apply("\"$x\"", TextUse.PromQl);
            // Unquoted as Prometheus does it, it is the value, or a regular expression that matches just the value.
            var inner = written[1..^1];
            var plain = new System.Text.StringBuilder();
            for (var i = 0; i < inner.Length; i++)
            {
                Assert.NotEqual('"', inner[i]);
                if (inner[i] == '\\')
                    i++;
                plain.Append(inner[i]);
            }
            if (multi)
                Assert.Matches(new System.Text.RegularExpressions.Regex($@"\A(?:{plain})\z"), value);
            else
                Assert.Equal(value, plain.ToString());
        });

    [Fact]
    public void Any_text_can_be_applied_or_is_refused_in_words() =>
        AnyOf.These("$", "{", "}", "one", ":", "regex", "[[", "]]", "__from", "date", "\\", ".", " ").List[0, 12].Select(string.Concat).Sample(text =>
        {
            try
            {
                Assert.NotNull(Scope.Empty.With(Window).With(Value("one", false, "1")).Apply(text, TextUse.Plain));
            }
            catch (DashboardException e)
            {
                Assert.StartsWith("Not supported: ", e.Message, StringComparison.Ordinal);
            }
        });

    [Theory]
    [InlineData("label_values(worker)", VariableQueryKind.LabelValues, "", "worker")]
    [InlineData("label_values(up{job=\"a\", x=~\"b,c\"}, instance)", VariableQueryKind.LabelValues, "up{job=\"a\", x=~\"b,c\"}", "instance")]
    [InlineData("label_names(up)", VariableQueryKind.LabelNames, "up", "")]
    [InlineData("metrics(task_.*)", VariableQueryKind.MetricNames, "task_.*", "")]
    [InlineData("query_result(topk(1, up))", VariableQueryKind.QueryResult, "topk(1, up)", "")]
    [InlineData("up{job=\"a\"}", VariableQueryKind.Series, "up{job=\"a\"}", "")]
    public void A_query_is_read(string query, VariableQueryKind kind, string argument, string label) =>
        Assert.Equal(new(kind, argument, label), VariableQuery.Read(query));

    [Theory]
    [InlineData("", VariableSort.AsTheyCome, "w10,w2,W1")]
    [InlineData("", VariableSort.Alphabetical, "W1,w10,w2")]
    [InlineData("", VariableSort.Natural, "W1,w2,w10")]
    [InlineData("", VariableSort.NaturalDescending, "w10,w2,W1")]
    [InlineData("", VariableSort.NumericalDescending, "w10,w2,W1")]
    [InlineData("", VariableSort.IgnoringCase, "W1,w10,w2")]
    [InlineData("/w(.*)/", VariableSort.AsTheyCome, "10,2")]
    [InlineData("/w(.*)/i", VariableSort.Numerical, "1,2,10")]
    [InlineData("w.*", VariableSort.AsTheyCome, "w10,w2")]
    [InlineData("/w(?<value>1)(?<text>0)/", VariableSort.AsTheyCome, "0=1")]
    public void Choices_are_filtered_and_ordered(string regex, VariableSort sort, string choices) =>
        Assert.Equal(choices, string.Join(',', VariableQuery.Choices(["w10", "w2", "W1", "w2"], regex, sort).Select(c => c.Text == c.Value ? c.Text : $"{c.Text}={c.Value}")));

    [Fact]
    public async Task A_variable_is_resolved_after_those_that_it_names()
    {
        var source = new FakeSource { Answers = { ["label_values(up{worker=~\"marie\"}, type)"] = ["summarize", "analyse"] } };
        source.Answers["label_values(worker)"] = ["anga", "marie"];
        var variables = Read("""
            [{"name":"type","type":"query","query":"label_values(up{worker=~\"$worker\"}, type)","datasource":{"type":"prometheus","uid":"${ds}"},"includeAll":true,"multi":true,"sort":1,"current":{"value":["$__all"]}},
             {"name":"worker","type":"query","query":{"query":"label_values(worker)","refId":"A"},"datasource":{"type":"prometheus","uid":"${ds}"},"multi":true,"current":{"value":["anga"]}},
             {"name":"ds","type":"datasource","query":"prometheus"},
             {"name":"step","type":"interval","query":"1m,10m","auto":true,"auto_count":30,"auto_min":"10s","current":{"value":"$__auto_interval_step"}},
             {"name":"kind","type":"custom","query":"all : .*, one\\,two","current":{"value":"one,two"}},
             {"name":"text","type":"textbox","query":"abc"},
             {"name":"fixed","type":"constant","query":"xyz"}]
            """);

        var scope = await VariableResolver.ResolveAsync(variables, Wanted(("worker", "marie")), Window, Scope.Empty, source, last: null, CancellationToken.None);

        Assert.Equal(["marie"], scope["worker"]!.Values);
        Assert.Equal(["analyse", "summarize"], scope["type"]!.Values);
        Assert.True(scope["type"]!.IsAll);
        Assert.Equal("(analyse|summarize) main 2m one,two abc xyz", scope.Apply("$type $ds $step $kind $text $fixed", TextUse.PromQl));
        Assert.Equal(["main"], source.Asked.Distinct());
        Assert.Contains("var-step=%24__auto_interval_step", scope.Apply("${__all_variables}", TextUse.Plain), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_longer_offered_gives_way_to_what_is()
    {
        var source = new FakeSource { Answers = { ["label_values(worker)"] = ["marie"] } };
        var variables = Read("""[{"name":"worker","type":"query","query":"label_values(worker)","current":{"value":"gone"}}]""");

        var scope = await VariableResolver.ResolveAsync(variables, Wanted(), Window, Scope.Empty, source, last: null, CancellationToken.None);

        Assert.Equal(["marie"], scope["worker"]!.Values);
    }

    [Fact]
    public async Task A_data_source_that_does_not_answer_is_told_and_what_the_address_asks_for_holds()
    {
        var variables = Read("""[{"name":"worker","type":"query","query":"label_values(worker)","current":{"value":"gone"}}]""");

        var scope = await VariableResolver.ResolveAsync(variables, Wanted(("worker", "anga")), Window, Scope.Empty, new FakeSource { Problem = "Prometheus does not answer." }, last: null, CancellationToken.None);

        Assert.Equal(["anga"], scope["worker"]!.Values);
        Assert.Equal("Prometheus does not answer.", scope["worker"]!.Problem);
    }

    [Fact]
    public async Task A_variable_whose_choices_cannot_be_had_keeps_those_that_it_had()
    {
        var source = new FakeSource { Answers = { ["label_values(worker)"] = ["anga", "marie"] } };
        var variables = Read("""[{"name":"worker","type":"query","query":"label_values(worker)","includeAll":true,"multi":true,"current":{"value":"$__all"}}]""");
        var first = await VariableResolver.ResolveAsync(variables, Wanted(), Window, Scope.Empty, source, last: null, CancellationToken.None);
        source.Problem = "Prometheus does not answer.";

        var later = await VariableResolver.ResolveAsync(variables, Wanted(), Window, Scope.Empty, source, first, CancellationToken.None);

        Assert.Equal(["anga", "marie"], later["worker"]!.Values);
        Assert.Equal("Prometheus does not answer.", later["worker"]!.Problem);
        Assert.Equal(first.Identity, later.Identity);
    }

    [Theory]
    [InlineData(TextUse.Title)]
    [InlineData(TextUse.Html)]
    [InlineData(TextUse.Text)]
    public void A_format_that_there_is_none_of_is_shown_to_people_as_it_is_written(TextUse use) =>
        Assert.Equal("a ${one:lucene} b", Scope.Empty.With(Value("one", multi: false, "1")).Apply("a ${one:lucene} b", use));

    [Fact]
    public void Variables_that_name_each_other_are_refused() =>
        Assert.Contains("in a circle", Assert.Throws<DashboardException>(() => VariableResolver.InOrder(Read("""
            [{"name":"a","type":"query","query":"label_values($b)"},{"name":"b","type":"query","query":"label_values($a)"}]
            """))).Message, StringComparison.Ordinal);

    private static IReadOnlyList<Variable> Read(string list) =>
        DashboardReader.Read($$$"""{"uid":"u","title":"t","schemaVersion":39,"templating":{"list":{{{list}}}}}""", "test.json").Variables;

    private static Dictionary<string, IReadOnlyList<string>> Wanted(params (string Name, string Value)[] values) =>
        values.ToDictionary(v => v.Name, v => (IReadOnlyList<string>)[v.Value]);

    private static VariableValue Value(string name, bool multi, params string[] values) => new(
        new(name, VariableKind.Custom, name, "", VariableVisibility.Shown, "", "", VariableSort.AsTheyCome, VariableRefresh.Never, multi, false, null, [], null),
        values, [.. values.Select(v => v.Length == 0 ? v : v[..1].ToUpperInvariant())], []);

    private sealed class FakeSource : IVariableSource
    {
        public Dictionary<string, IReadOnlyList<string>> Answers { get; } = [];

        public List<string?> Asked { get; } = [];

        public string? Problem { get; set; }

        public IReadOnlyList<Choice> DataSources(string type) => [new("Prometheus", "main")];

        public Task<IReadOnlyList<string>> AskAsync(DataSourceRef source, VariableQuery query, TimeWindow range, CancellationToken cancellation)
        {
            if (Problem is not null)
                throw new DashboardException(Problem);
            Asked.Add(source.Uid);
            return Task.FromResult(Answers[query.Argument.Length == 0 ? $"label_values({query.Label})" : $"label_values({query.Argument}, {query.Label})"]);
        }
    }
}
