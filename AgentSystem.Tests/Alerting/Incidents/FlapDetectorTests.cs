using AgentSystem.Alerting.Incidents;
using static AgentSystem.Tests.Alerting.Incidents.SomeAlerts;

namespace AgentSystem.Tests.Alerting.Incidents;

public sealed class FlapDetectorTests
{
    private static readonly FlapDetector Flaps = new(changes: 4, window: TimeSpan.FromMinutes(30), quiet: TimeSpan.FromMinutes(10));

    [Theory]
    [InlineData(new[] { 0, 60, 120 }, 130, false)] // it came back once
    [InlineData(new[] { 0, 60, 120, 180 }, 190, true)]
    [InlineData(new[] { 0, 60, 120, 180 }, 779, true)]
    [InlineData(new[] { 0, 60, 120, 180 }, 780, false)] // quiet for ten minutes
    [InlineData(new[] { 0, 1000, 1500, 1900 }, 1910, false)] // too seldom
    [InlineData(new int[0], 0, false)]
    public void Often_and_lately_is_flapping(int[] changes, int now, bool flapping) =>
        Assert.Equal(flapping, Flaps.IsFlapping([.. changes.Select(second => At(second))], At(now)));

    [Fact]
    public void Only_as_many_changes_are_kept_as_matter_in_their_order()
    {
        IReadOnlyList<DateTimeOffset> changes = [];
        foreach (var second in (int[])[0, 60, 50, 180, 240, 300])
            changes = Flaps.Add(changes, At(second));

        Assert.Equal([At(60), At(180), At(240), At(300)], changes);
    }
}
