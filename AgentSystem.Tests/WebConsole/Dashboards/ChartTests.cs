using AgentSystem.WebConsole.Dashboards.Charts;
using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;
using AgentSystem.WebConsole.Dashboards.Variables;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Dashboards;

public sealed class ChartTests
{
    private const double None = double.NaN;

    private static readonly TimeWindow Window = TimeWindow.Read("now-1h", "now", new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(0, 9.3, "short", "0|2|4|6|8|10")]
    [InlineData(0, 0.0042, "s", "0 s|1 ms|2 ms|3 ms|4 ms|5 ms")]
    [InlineData(0, 100, "s", "0 s|30 s|1 min|1.5 min|2 min")]
    [InlineData(0, 3_000_000, "bytes", "0 B|1 MiB|2 MiB|3 MiB")]
    [InlineData(0, 0.5, "percentunit", "0%|10%|20%|30%|40%|50%")]
    [InlineData(0, 0, "short", "0|0.2|0.4|0.6|0.8|1")]
    [InlineData(0, 3, "short", "0|1|2|3")]
    [InlineData(0, 0.0003, "short", "0|0.0001|0.0002|0.0003")]
    [InlineData(0, 0.0003, "reqps", "0 req/s|0.0001 req/s|0.0002 req/s|0.0003 req/s")]
    [InlineData(0, 0.000004, "none", "0|0.000001|0.000002|0.000003|0.000004")]
    [InlineData(0, 0.000006, "percentunit", "0%|0.0002%|0.0004%|0.0006%")]
    public void A_scale_has_few_round_lines(double least, double greatest, string unit, string texts) =>
        Assert.Equal(texts, string.Join('|', AxisScale.Of(least, greatest, FieldSettings.Default with { Unit = unit }).Texts));

    [Theory]
    [InlineData(1, 0.5, "0.0|0.1|0.2|0.3|0.4|0.5")]
    [InlineData(2, 0.0003, "0|0.0001|0.0002|0.0003")]
    [InlineData(0, 2, "0|0.5|1|1.5|2")]
    public void Decimals_that_do_not_tell_its_lines_apart_are_more(int decimals, double greatest, string texts) =>
        Assert.Equal(texts, string.Join('|', AxisScale.Of(0, greatest, FieldSettings.Default with { Unit = "percent", Decimals = decimals }).Texts.Select(text => text.TrimEnd('%'))));

    [Fact]
    public void A_scale_holds_every_value_and_its_lines_are_told_apart() =>
        Gen.Select(Gen.Double[-1e9, 1e9], Gen.Double[1e-6, 1e9], AnyOf.These("short", "s", "bytes", "percentunit", "reqps", "none")).Sample((least, span, unit) =>
        {
            var scale = AxisScale.Of(least, least + span, FieldSettings.Default with { Unit = unit });
            Assert.True(scale.Min <= least + (span * 1e-6) && scale.Max >= least + (span * (1 - 1e-6)), $"{scale}");
            Assert.InRange(scale.Ticks.Count, 1, 30);
            Assert.Equal(scale.Ticks.Count, scale.Texts.Count);
            if (span > Math.Abs(least) * 1e-3)
                Assert.Equal(scale.Texts.Distinct(), scale.Texts);
        });

    [Fact]
    public void A_logarithmic_scale_has_powers()
    {
        var scale = AxisScale.Of(0.02, 40, FieldSettings.Default with { Unit = "s", Graph = new(LogBase: 10) });

        Assert.Equal(["10 ms", "100 ms", "1 s", "10 s", "1.67 min"], scale.Texts);
        Assert.Equal((0.01, 100), (scale.Min, scale.Max));
    }

    [Fact]
    public void Stacked_series_fit_on_their_scale_and_the_legend_has_their_numbers()
    {
        var panel = Panel("""
            "type":"timeseries","fieldConfig":{"defaults":{"unit":"reqps","custom":{"stacking":{"mode":"normal"},"fillOpacity":20}},"overrides":[
              {"matcher":{"id":"byName","options":"b"},"properties":[{"id":"color","value":{"mode":"fixed","fixedColor":"red"}}]}]},
            "options":{"legend":{"displayMode":"table","calcs":["max","lastNotNull"],"sortBy":"Max","sortDesc":true},"tooltip":{"mode":"multi","sort":"desc"}}
            """);

        var chart = TimeSeriesChart.Of(panel, Data(Series("a", 1, 2, None), Series("b", 10, 20, 30)), [], new HashSet<string>());

        Assert.Equal(30, chart.Spec.Left.Max);
        Assert.Equal(["b: Max 30 req/s, Last * 30 req/s", "a: Max 2 req/s, Last * 2 req/s"], chart.Legend.Select(l => $"{l.Name}: {string.Join(", ", l.Calcs.Select(c => $"{c.Title} {c.Text}"))}"));
        Assert.Equal(["var(--series-0)", "var(--color-red)"], chart.Spec.Traces.Select(t => t.Color));
        Assert.Equal([1d, 2d, null], chart.Spec.Traces[0].Y);
        Assert.Equal(("all", "desc"), (chart.Spec.Tooltip, chart.Spec.Sort));
    }

    [Fact]
    public void A_series_that_somebody_chose_is_alone()
    {
        var chart = TimeSeriesChart.Of(Panel(""" "type":"timeseries" """), Data(Series("a", 1, 2), Series("b", 10, 20)), [], new HashSet<string> { "a" });

        Assert.Equal([false, true], chart.Spec.Traces.Select(t => t.Hidden));
        Assert.Equal(2, chart.Spec.Left.Max);
    }

    [Fact]
    public void An_exemplar_leads_to_its_trace_and_a_limit_and_a_mark_are_drawn()
    {
        var panel = Panel(""" "type":"timeseries","fieldConfig":{"defaults":{"unit":"s","custom":{"thresholdsStyle":{"mode":"line"}},"thresholds":{"mode":"absolute","steps":[{"color":"transparent","value":null},{"color":"red","value":1.5}]}}} """);
        var data = Data(Series("p95", 1, 2)) with { Exemplars = [new("A", 1500, 1.2, "abc", new Dictionary<string, string> { ["trace_id"] = "abc" })] };

        var spec = TimeSeriesChart.Of(panel, data, [new("Starts", "blue", 1200, 1200, "marie started", "", []), new("Old", "blue", 1, 2, "gone", "", [])], new HashSet<string>()).Spec;

        Assert.Equal("/traces/abc", Assert.Single(spec.Exemplars).Url);
        Assert.Equal(["1.20 s", "trace_id: abc"], spec.Exemplars[0].Texts);
        Assert.Equal((1.5, "var(--color-red)"), (Assert.Single(spec.Limits).Value!.Value, spec.Limits[0].Color));
        Assert.Equal("marie started", Assert.Single(spec.Marks).Text);
    }

    [Fact]
    public void Any_data_makes_a_chart() =>
        Gen.Select(Gen.OneOf(Gen.Double, AnyOf.These(None, double.PositiveInfinity, 0)).Array[0, 20].List[0, 4], AnyOf.These("none", "normal", "percent"), AnyOf.These("line", "bars", "points"), Gen.Bool).Sample((values, stacking, draw, log) =>
        {
            var panel = Panel($$""" "type":"timeseries","fieldConfig":{"defaults":{"unit":"s","custom":{"drawStyle":"{{draw}}","stacking":{"mode":"{{stacking}}"},"scaleDistribution":{"type":"{{(log ? "log" : "linear")}}"} } } } """);
            var chart = TimeSeriesChart.Of(panel, Data([.. values.Select((v, i) => Series($"s{i}", v))]), [], new HashSet<string>());
            Assert.True(chart.Spec.Left.Max > chart.Spec.Left.Min, $"{chart.Spec.Left}");
            Assert.DoesNotContain("NaN", System.Text.Json.JsonSerializer.Serialize(chart.Spec.Traces.Select(t => t.Y)), StringComparison.Ordinal);
        });

    [Fact]
    public void Values_are_reduced_coloured_and_measured()
    {
        var panel = Panel(""" "type":"bargauge","fieldConfig":{"defaults":{"unit":"bytes","min":0,"max":2048,"thresholds":{"mode":"percentage","steps":[{"color":"green","value":null},{"color":"red","value":60}]}}},"options":{"reduceOptions":{"calcs":["max"]}} """);

        var values = SingleValues.Of(panel, Data(Series("a", 512, 1024), Series("b", 1536, None)), ((BarGaugeOptions)panel.Options).Reduce);

        Assert.Equal(["a 1 KiB 0.5 var(--color-green)", "b 1.50 KiB 0.75 var(--color-red)"], values.Select(v => FormattableString.Invariant($"{v.Name} {v.Value} {v.Value.Share} {v.Color}")));
    }

    [Fact]
    public void A_panel_without_data_has_one_value_that_is_none()
    {
        var panel = Panel(""" "type":"stat","fieldConfig":{"defaults":{"noValue":"nothing yet"}} """);

        Assert.Equal("nothing yet", Assert.Single(SingleValues.Of(panel, PanelData.Empty, ((StatOptions)panel.Options).Reduce)).Value.ToString());
    }

    [Fact]
    public void A_table_is_sorted_with_what_is_empty_last()
    {
        var panel = Panel(""" "type":"table","fieldConfig":{"overrides":[{"matcher":{"id":"byName","options":"Value"},"properties":[{"id":"unit","value":"s"},{"id":"displayName","value":"Took"},{"id":"custom.cellOptions","value":{"type":"color-text"}}]}]} """);
        var table = new DataTable("A", [new("name", false, false, null, [new(null, "x"), new(null, "y"), new(null, "z")]), new("Value", true, false, "A", [new(3, null), default, new(90, null)])]);

        var view = TableView.Of(panel, table).SortedBy("Took", descending: true);

        Assert.Equal(["name", "Took"], view.Columns.Select(c => c.Name));
        Assert.Equal(["z 1.50 min", "x 3 s", "y -"], Enumerable.Range(0, view.Rows).Select(i => $"{view.Columns[0].Cells[i].Text} {view.Columns[1].Cells[i].Text}"));
        Assert.Equal("var(--color-green)", view.Columns[1].Cells[0].Color);
    }

    [Fact]
    public void The_data_of_a_chart_is_a_table_too()
    {
        var view = TableView.OfSeries(Panel(""" "type":"timeseries","fieldConfig":{"defaults":{"unit":"s"}} """), Data(Series("a", 1, None), Series("b", None, 2)));

        Assert.Equal(["Time (UTC)", "a", "b"], view.Columns.Select(c => c.Name));
        Assert.Equal(["1970-01-01 00:00:02||2 s", "1970-01-01 00:00:01|1 s|"], Enumerable.Range(0, view.Rows).Select(i => string.Join('|', view.Columns.Select(c => c.Cells[i].Text))));
    }

    [Theory]
    [InlineData("/tasks?worker=${__value.text}", "/tasks?worker=a%20b")]
    [InlineData("/d/x?${__url_time_range}", "/d/x?from=now-1h&to=now")]
    [InlineData("${console}/tasks", "/tasks")]
    [InlineData("https://example.org/$w", "https://example.org/marie%2F")]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("/x/${__data.fields.y}", null)]
    public void A_link_leads_to_a_page_or_is_left_out(string url, string? address) =>
        Assert.Equal(address, LinkAddress.Of(new("", url, false), Scope.Empty.With("console", "").With(Worker("marie/")), Window, "a b"));

    [Theory]
    [InlineData("green", "var(--color-green)")]
    [InlineData("dark-red", "color-mix(in srgb, var(--color-red) 65%, black)")]
    [InlineData("super-light-blue", "color-mix(in srgb, var(--color-blue) 45%, white)")]
    [InlineData("#7EB26D", "#7EB26D")]
    [InlineData("transparent", "transparent")]
    [InlineData("red;background:url(x)", "var(--text-3)")]
    public void A_colour_is_known_by_its_name(string name, string css) => Assert.Equal(css, Palette.Css(name));

    private static VariableValue Worker(string value) => new(
        new("w", VariableKind.TextBox, "w", "", VariableVisibility.Shown, "", "", VariableSort.AsTheyCome, VariableRefresh.Never, false, false, null, [], null), [value], [value], []);

    private static PanelData Data(params DataSeries[] series) => PanelData.Empty with { From = 1000, To = 3000, Step = 1000, Series = series };

    private static DataSeries Series(string name, params double[] values) =>
        new("A", name, new Dictionary<string, string>(), [.. values.Select((_, i) => 1000L + (i * 1000))], values);

    private static Panel Panel(string properties) =>
        Assert.Single(DashboardReader.Read($$"""{"uid":"u","title":"t","schemaVersion":39,"panels":[{ {{properties}} }]}""", "test.json").Panels);
}
