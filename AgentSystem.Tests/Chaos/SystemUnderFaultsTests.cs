using AgentSystem.Benchmarks.Chaos;
using AgentSystem.Tests.Support;
using Xunit.Abstractions;

namespace AgentSystem.Tests.Chaos;

/// <summary>
/// The whole system under the real Prometheus and Alertmanager, with the code that tries every fault and writes docs/chaos.md
/// (<c>AgentSystem.Benchmarks chaos</c>): two quick faults here, and the storm. With times so short, what other tests do to the machine looks like a
/// fault too, so it runs when they are done.
/// </summary>
[Collection(Name)]
public sealed class SystemUnderFaultsTests(ITestOutputHelper output) : IDisposable
{
    internal const string Name = "Alone on the machine";

    private const double Scale = 20;

    // These faults have nothing that follows.
    private static readonly TimeSpan ReopenWindow = TimeSpan.FromSeconds(2);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Faults_raise_their_alert_and_name_themselves_and_a_storm_is_one_incident_and_one_page()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await using var system = await ChaosSystem.StartAsync(_folder.Path, Scale, ReopenWindow, limit.Token);
        await using var load = new Load(system);
        var progress = new StringWriter();
        try
        {
            foreach (var fault in (string[])["clock-skew", "memory-hog"])
                AssertHolds(await new TrialRun(system, Trial.All.First(trial => trial.Fault == fault), progress).RunAsync(limit.Token));

            var storm = await new TrialRun(system, Trial.Storm with { Goes = TimeSpan.FromSeconds(5) }, progress) { WaitsUntilQuiet = false }.RunAsync(limit.Token);
            AssertHolds(storm);
            Assert.Equal((1, 1), (storm.Incidents, storm.Pages));
            Assert.True(storm.Alone.Firing >= 3, $"Alertmanager alone sent {storm.Alone.Firing} notifications.");
        }
        finally
        {
            output.WriteLine(progress.ToString());
        }
    }

    [CollectionDefinition(Name, DisableParallelization = true)]
    public sealed class Alone;

    private static void AssertHolds(Outcome outcome) => Assert.True(outcome.Broken.Count == 0, $"{outcome.Trial.Title}: {string.Join("; ", outcome.Broken)}");
}
