using AgentSystem.Benchmarks.Chaos;
using AgentSystem.Tests.Rules;

namespace AgentSystem.Tests.Benchmarks;

public sealed class RuleDelaysTests
{
    private static readonly string Rules = string.Join('\n', RuleFiles.Files.Select(File.ReadAllText));

    [Theory]
    [InlineData("WorkerDown", 60, 0)]
    [InlineData("NamedPipeErrors", 300, 300)]
    [InlineData("HighErrorRate", 300, 300)] // its window is in a recorded series of a recorded series
    [InlineData("WorkerCrashLooping", 0, 900)]
    [InlineData("HighTaskLatency", 600, 300)]
    [InlineData("WatcherHeartbeatMissing", 0, 0)]
    public void A_rule_waits_as_its_file_says(string alert, double wait, double window) => Assert.Equal((wait, window), RuleDelays.Of(Rules, alert));

    [Fact]
    public void What_is_not_divided_takes_so_much_longer_at_most()
    {
        Assert.Equal(57, RuleDelays.Undivided(Rules, "WorkerDown", 20));
        Assert.Equal(300 - 15 + 300 - 15, RuleDelays.Undivided(Rules, "NamedPipeErrors", 20));
        Assert.Equal(0, RuleDelays.Undivided(Rules, "NamedPipeErrors", 1));
    }
}
