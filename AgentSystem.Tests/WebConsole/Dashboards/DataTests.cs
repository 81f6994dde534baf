using AgentSystem.WebConsole.Dashboards.Data;
using AgentSystem.WebConsole.Dashboards.Format;
using AgentSystem.WebConsole.Dashboards.Model;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Dashboards;

public sealed class DataTests
{
    private const double None = double.NaN;

    [Theory]
    [InlineData("lastNotNull", 4.0)]
    [InlineData("last", null)]
    [InlineData("first", 3.0)]
    [InlineData("min", 1.0)]
    [InlineData("max", 9.0)]
    [InlineData("mean", 4.25)]
    [InlineData("sum", 17.0)]
    [InlineData("count", 4.0)]
    [InlineData("range", 8.0)]
    [InlineData("diff", 1.0)]
    [InlineData("delta", 13.0)]
    [InlineData("median", 4.0)]
    [InlineData("p95", 9.0)]
    [InlineData("changeCount", 3.0)]
    public void A_series_becomes_one_number(string calc, double? result) => Assert.Equal(result, Reducer.Reduce([3, 1, None, 9, 4, None], calc));

    [Fact]
    public void A_series_without_values_has_no_number()
    {
        Assert.Null(Reducer.Reduce([None], "mean"));
        Assert.Null(Reducer.Reduce([], "last"));
        Assert.Contains("Not supported: the calculation wiggle", Assert.Throws<DashboardException>(() => Reducer.Reduce([1], "wiggle")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_calculation_stays_between_least_and_greatest() =>
        Gen.Select(Gen.Double[-1e6, 1e6].Array[1, 30], AnyOf.These("lastNotNull", "firstNotNull", "mean", "median", "p1", "p50", "p99", "min", "max")).Sample((values, calc) =>
            Assert.InRange(Reducer.Reduce(values, calc)!.Value, values.Min() - 1e-6, values.Max() + 1e-6));

    [Fact]
    public void A_legend_is_filled_with_labels()
    {
        Dictionary<string, string> marie = new() { ["__name__"] = "up", ["worker"] = "marie", ["job"] = "w" }, anga = new() { ["worker"] = "anga", ["job"] = "w" };

        Assert.Equal(["marie/", "anga/"], SeriesNames.Of("{{worker}}/{{ none }}", "x", [marie, anga]));
        Assert.Equal(["up{job=\"w\", worker=\"marie\"}"], SeriesNames.Of("", "x", [marie]));
        Assert.Equal(["marie"], SeriesNames.Of("__auto", "x", [new Dictionary<string, string> { ["worker"] = "marie" }]));
        Assert.Equal(["sum(x)"], SeriesNames.Of("__auto", "sum(x)", [new Dictionary<string, string>()]));
    }

    [Theory]
    [InlineData(0.4, "green")]
    [InlineData(10, "yellow")]
    [InlineData(10.5, "yellow")]
    [InlineData(50, "red")]
    public void A_value_has_the_colour_of_the_last_limit_that_it_reached(double value, string color)
    {
        var thresholds = new Thresholds(false, [new(double.NegativeInfinity, "green"), new(10, "yellow"), new(50, "red")]);
        Assert.Equal(color, new ValueDisplay(FieldSettings.Default with { Thresholds = thresholds }).Show(value).Color);
        // The same limits as shares of a range from 0 to 200.
        Assert.Equal(color, new ValueDisplay(FieldSettings.Default with { Thresholds = thresholds with { Percentage = true }, Max = 200, Min = 0 }).Show(value * 2).Color);
    }

    [Fact]
    public void The_first_mapping_that_matches_names_a_value()
    {
        var display = new ValueDisplay(FieldSettings.Default with
        {
            Unit = "s",
            Mappings =
            [
                new(MappingKind.Value, "0", 0, 0, null, "down", "red"), new(MappingKind.Range, null, 1, 5, null, "some", null),
                new(MappingKind.Regex, null, 0, 0, "9.*", "nines", "blue"), new(MappingKind.NullOrNaN, null, 0, 0, null, "nothing", "gray"),
            ],
        });

        Assert.Equal(["down", "some", "nines", "nothing", "7 s"], new double?[] { 0, 3, 99, null, 7 }.Select(v => display.Show(v).ToString()));
        Assert.Equal("red", display.Show(0).Color);
    }

    [Fact]
    public void Buckets_hold_only_what_smaller_ones_do_not()
    {
        var buckets = Buckets.Of([Bucket("+Inf", 10, None), Bucket("30.0", 7, 4), Bucket("5", 2, 4)]);

        Assert.Equal([5, 30, double.PositiveInfinity], buckets.Bounds);
        Assert.Equal([[2, 4], [5, 0], [3, None]], buckets.Counts);
    }

    [Fact]
    public void Series_that_are_no_buckets_are_refused()
    {
        Assert.Contains("no", Assert.Throws<DashboardException>(() => Buckets.Of([new("A", "x", new Dictionary<string, string>(), [1], [1])])).Message, StringComparison.Ordinal);
        Assert.Contains("sum by (le)", Assert.Throws<DashboardException>(() => Buckets.Of([Bucket("5", 1), Bucket("5.0", 1)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_are_merged_by_what_they_share_then_organized()
    {
        var up = DataTable.Of("A", [Sample("A", "marie", 1), Sample("A", "anga", 0)], isAlone: false);
        var rate = DataTable.Of("B", [Sample("B", "anga", 5), Sample("B", "fabien", 7)], isAlone: false);
        Transformation[] how =
        [
            new(Transformation.Merge, new HashSet<string>(), new Dictionary<string, int>(), new Dictionary<string, string>()),
            new(Transformation.Organize, new HashSet<string> { "Time" }, new Dictionary<string, int> { ["Value #B"] = 1, ["worker"] = 0, ["Value #A"] = 2 }, new Dictionary<string, string> { ["Value #A"] = "Up" }),
        ];

        var table = Assert.Single(DataTable.Transform([up, rate], how));

        Assert.Equal(["worker", "Value #B", "Up"], table.Columns.Select(c => c.Name));
        Assert.Equal(["marie||1", "anga|5|0", "fabien|7|"], Enumerable.Range(0, table.Rows).Select(i => string.Join('|', table.Columns.Select(c => c.Cells[i].Text ?? c.Cells[i].Number?.ToString(System.Globalization.CultureInfo.InvariantCulture)))));
    }

    private static DataSeries Bucket(string le, params double[] values) =>
        new("A", le, new Dictionary<string, string> { ["le"] = le }, [.. values.Select((_, i) => (long)i)], values);

    private static DataSeries Sample(string refId, string worker, double value) => new(refId, worker, new Dictionary<string, string> { ["worker"] = worker }, [1000], [value]);
}
