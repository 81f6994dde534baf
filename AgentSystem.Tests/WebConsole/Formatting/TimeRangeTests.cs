using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.Tests.WebConsole.Formatting;

public sealed class TimeRangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 19, 28, 39, TimeSpan.Zero);

    [Theory]
    [InlineData("now-90m", "now", 90)]
    [InlineData("now-2d", "now-1d", 1440)]
    [InlineData("1795462119000", "1795462719000", 10)]
    [InlineData("2026-11-23 19:00", "2026-11-23T20:00:00+01:00", null)]
    [InlineData("2026-11-23 18:00", "2026-11-23T20:00:00+01:00", 60)]
    [InlineData("now/d", "now", 1168)]
    [InlineData("now-1d/d", "now-1d/d", 1439)]
    [InlineData("now-1d/d+8h", "now/h", 2159)]
    [InlineData("now/x", "now", null)]
    [InlineData("now-", "now", null)]
    [InlineData("now", "now-1h", null)]
    [InlineData("now-0h", "now", null)]
    [InlineData("now-99999999999w", "now", null)]
    [InlineData("yesterday", "now", null)]
    public void A_range_has_two_ends_in_order_or_makes_no_sense(string from, string to, int? minutes)
    {
        var ends = new TimeRange(from, to).Resolve(Now);

        Assert.Equal(minutes, ends is { } e ? (int)(e.To - e.From).TotalMinutes : null);
    }

    [Fact]
    public void What_makes_no_sense_in_an_address_becomes_the_default()
    {
        Assert.Equal(TimeRange.LastHour, TimeRange.Parse("nonsense", "now"));
        Assert.Equal(new("now-6h", "now"), TimeRange.Parse("now-6h", null));
        Assert.Equal(new("now/M", "now"), TimeRange.Parse("now/M", null));
        Assert.Equal(TimeRange.LastHour, TimeRange.Parse("nonsense", "2026-11-22"));
        Assert.Equal(TimeRange.LastHour, TimeRange.Parse("now", "now-1h"));
    }

    [Theory]
    [InlineData("2031-01-01 20:00", "now")]
    [InlineData("2021-01-01 20:00", "now")]
    [InlineData("now-1h", "2021-01-01")]
    public void A_fixed_moment_and_one_that_moves_are_a_range_whose_order_only_the_time_tells(string from, string to)
    {
        Assert.Equal(new(from, to), TimeRange.Parse(from, to));
    }

    [Fact]
    public void A_range_is_described_as_people_say_it()
    {
        Assert.Equal("Last 15 min", new TimeRange("now-15m", "now").Describe(Now));
        Assert.Equal("Today so far", new TimeRange("now/d", "now").Describe(Now));
        Assert.Equal("2026-11-22 00:00:00 to 2026-11-22 23:59:59", new TimeRange("now-1d/d", "now-1d/d").Describe(Now));
        Assert.Equal("2026-11-23 19:00:00 to 2026-11-23 19:10:00", TimeRange.Absolute(Now.Date.AddHours(19), Now.Date.AddHours(19).AddMinutes(10)).Describe(Now));
    }
}
