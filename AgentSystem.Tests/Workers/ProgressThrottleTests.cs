using AgentSystem.Workers.Status;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Workers;

public sealed class ProgressThrottleTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Ten_thousand_reports_in_a_second_become_at_most_five_lines()
    {
        var throttle = new ProgressThrottle(_time);
        var sent = 0;
        for (var i = 0; i < 10_000; i++)
        {
            if (throttle.Admits(i / 10_000.0))
                sent++;
            _time.Advance(TimeSpan.FromMicroseconds(100));
        }
        Assert.InRange(sent, 4, 5);
    }

    [Fact]
    public void Less_than_a_hundredth_is_not_worth_a_line_and_a_hundredth_is()
    {
        var throttle = new ProgressThrottle(_time);
        Assert.True(throttle.Admits(0.29));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(throttle.Admits(0.295));
        Assert.True(throttle.Admits(0.30));
    }
}
