using AgentSystem.WebConsole.Dashboards.Model;
using AgentSystem.WebConsole.Dashboards.Time;
using CsCheck;

namespace AgentSystem.Tests.WebConsole.Dashboards;

public sealed class StepTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 34, 56, TimeSpan.Zero); // a Tuesday

    [Theory]
    [InlineData("1h", 1000, "5s", "5s", "20s")]     // 3.6 s a piece is 5 s
    [InlineData("6h", 1000, "5s", "20s", "25s")]    // 21.6 s is 20 s; a rate needs one scrape more than the step
    [InlineData("24h", 1000, "15s", "1m", "1m15s")]
    [InlineData("7d", 600, "5s", "15m", "15m5s")]
    [InlineData("5m", 1000, "15s", "15s", "1m")]    // never finer than it is scraped; four scrapes at least
    [InlineData("30d", 100000, "5s", "5m", "35s")]  // Prometheus's limit holds for the step alone
    public void Steps_are_Grafanas(string range, int points, string scrape, string step, string rate)
    {
        var steps = Steps.Of(Intervals.Read(range), points, Intervals.Read(scrape));

        Assert.Equal(step, Intervals.Text(steps.Step));
        Assert.Equal(rate, Intervals.Text(steps.RateInterval));
    }

    [Fact]
    public void A_query_can_ask_for_longer_steps()
    {
        var steps = Steps.Of(TimeSpan.FromHours(1), 1000, TimeSpan.FromSeconds(5), queryMin: TimeSpan.FromMinutes(1), factor: 2);

        Assert.Equal(TimeSpan.FromMinutes(2), steps.Step);
        Assert.Equal(TimeSpan.FromMinutes(4), steps.RateInterval);
    }

    [Fact]
    public void Prometheus_is_never_asked_for_more_steps_than_it_gives() =>
        Gen.Select(Gen.Long[1, 400L * 86400_000], Gen.Int[1, 200_000], Gen.Long[1, 3600_000]).Sample((range, points, scrape) =>
        {
            var steps = Steps.Of(TimeSpan.FromMilliseconds(range), points, TimeSpan.FromMilliseconds(scrape));
            // Rounding goes down as well, by at most a third.
            Assert.True(range / steps.Step.TotalMilliseconds <= 16_500, $"{range} ms in steps of {steps.Step}");
            Assert.True(steps.Step.TotalMilliseconds >= scrape || steps.Step.TotalMilliseconds >= range / 16_500);
            Assert.True(steps.RateInterval.TotalMilliseconds >= 4 * scrape);
        });

    [Fact]
    public void An_aligned_moment_is_the_last_multiple_of_the_step() =>
        Gen.Select(Gen.Long[0, 4_000_000_000_000], Gen.Long[1, 86_400_000]).Sample((at, step) =>
        {
            var aligned = Steps.Align(DateTimeOffset.FromUnixTimeMilliseconds(at), TimeSpan.FromMilliseconds(step)).ToUnixTimeMilliseconds();
            Assert.Equal(0, aligned % step);
            Assert.InRange(at - aligned, 0, step - 1);
        });

    [Theory]
    [InlineData("now-6h", "now", "2026-11-24T06:34:56Z", "2026-11-24T12:34:56Z")]
    [InlineData("now/d", "now/d", "2026-11-24T00:00:00Z", "2026-11-24T23:59:59.999Z")]
    [InlineData("now-1d/d", "now-1d/d", "2026-11-23T00:00:00Z", "2026-11-23T23:59:59.999Z")]
    [InlineData("now-1w/w", "now/w", "2026-11-15T00:00:00Z", "2026-11-28T23:59:59.999Z")]
    [InlineData("now/M", "now", "2026-11-01T00:00:00Z", "2026-11-24T12:34:56Z")]
    [InlineData("1764000000000", "1764003600000", "2025-11-24T16:00:00Z", "2025-11-24T17:00:00Z")]
    [InlineData("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z", "2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z")]
    public void A_range_is_read_as_Grafana_reads_it(string from, string to, string begin, string end)
    {
        var range = TimeWindow.Read(from, to, Now);

        Assert.Equal(DateTimeOffset.Parse(begin, System.Globalization.CultureInfo.InvariantCulture), range.From);
        Assert.Equal(DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture), range.To);
    }

    [Theory]
    [InlineData("yesterday", "now", "'yesterday' is no moment")]
    [InlineData("now-6x", "now", "'now-6x' is no moment")]
    [InlineData("now-999999y", "now", "'now-999999y' is no moment")]
    [InlineData("now", "now-1h", "ends before it begins")]
    public void A_range_that_is_none_is_refused_in_words(string from, string to, string message) =>
        Assert.Contains(message, Assert.Throws<DashboardException>(() => TimeWindow.Read(from, to, Now)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_panel_can_have_a_range_of_its_own()
    {
        var range = TimeWindow.Read("now-6h", "now", Now).For("1h", "1d");

        Assert.Equal(Now.AddDays(-1), range.To);
        Assert.Equal(TimeSpan.FromHours(1), range.Length);
    }

    [Fact]
    public void Any_text_is_a_range_or_refused() =>
        Gen.OneOf(Gen.String[0, 12], AnyOf.These("now", "-", "+", "/", "6", "h", "d", "M", "999").List[0, 8].Select(string.Concat)).Sample(text =>
        {
            try
            {
                Assert.True(TimeWindow.Read(text, "now+1s", Now).Length > TimeSpan.Zero);
            }
            catch (DashboardException)
            {
                // Refused in words; any other exception fails the test.
            }
        });

    [Fact]
    public void A_length_is_read_as_it_was_written() =>
        Gen.Long[1, 100L * 86_400_000].Sample(ms => Assert.Equal(TimeSpan.FromMilliseconds(ms), Intervals.Read(Intervals.Text(TimeSpan.FromMilliseconds(ms)))));
}
