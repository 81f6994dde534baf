using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.Tests.WebConsole.Formatting;

public sealed class DurationsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 19, 28, 39, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.0000345, "34.5 µs")]
    [InlineData(0.0123, "12.3 ms")]
    [InlineData(1.236, "1.24 s")]
    [InlineData(59.96, "60 s")]
    [InlineData(185, "3 min 5 s")]
    [InlineData(7200, "2 h")]
    [InlineData(9600, "2 h 40 min")]
    [InlineData(273_600, "3 d 4 h")]
    [InlineData(-0.5, "−500 ms")]
    [InlineData(double.NaN, "–")]
    public void A_duration_has_two_units_at_most(double seconds, string text) => Assert.Equal(text, Durations.Text(seconds));

    [Theory]
    [InlineData(0.5, "just now")]
    [InlineData(12, "12 s ago")]
    [InlineData(-180, "in 3 min")]
    [InlineData(432_000, "5 d ago")]
    public void A_moment_is_told_by_its_distance(double secondsAgo, string text) =>
        Assert.Equal(text, Durations.Relative(Now.AddSeconds(-secondsAgo), Now));
}
