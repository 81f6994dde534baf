using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Shared;

namespace AgentSystem.Tests.WebConsole.Formatting;

public sealed class SparklinePathTests
{
    [Fact]
    public void A_course_goes_from_edge_to_edge_with_its_highest_point_at_the_top() =>
        Assert.Equal(new("M0 11L50 6L100 1", "M0 11L50 6L100 1L100 12L0 12Z"), SparklinePath.Of([0, 5, 10], 100, 12, floor: 0));

    [Fact]
    public void Where_values_are_missing_there_is_neither_line_nor_area() => Assert.Equal(
        new("M40 11L50 1M80 1L100 11", "M40 11L50 1L50 12L40 12ZM80 1L100 11L100 12L80 12Z"),
        SparklinePath.Of([double.NaN, double.NaN, double.NaN, double.NaN, 0, 10, double.NaN, double.NaN, 10, double.NaN, 0], 100, 12, floor: 0));

    [Fact]
    public void Moments_lie_where_they_were()
    {
        var start = DateTimeOffset.UnixEpoch;

        var path = SparklinePath.Of([new Point(start, 0), new(start.AddMinutes(1), 10), new(start.AddMinutes(9), 10), new(start.AddMinutes(10), 0)], 100, 12);

        Assert.Equal("M0 11L10 1M90 1L100 11", path?.Line);
    }

    [Theory]
    [InlineData]
    [InlineData(1.0)]
    [InlineData(double.NaN, 1.0)]
    public void One_value_is_no_course(params double[] values) => Assert.Null(SparklinePath.Of(values, 100, 12, floor: 0));
}
