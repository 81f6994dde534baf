using AgentSystem.Benchmarks.Chaos;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Benchmarks;

public sealed class ChaosTableTests : IDisposable
{
    private static readonly Trial Skew = Trial.All.First(trial => trial.Fault == "clock-skew"), Hog = Trial.All.First(trial => trial.Fault == "memory-hog");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_measured_replaces_its_rows_and_leaves_the_others_and_the_text_alone()
    {
        var path = _folder["chaos.md"];
        File.WriteAllText(path, "Before.\n\n<!-- measured: begin -->\n<!-- measured: end -->\n\nAfter.\n");
        new ChaosTable(20, [Measured(Skew, 7), Measured(Hog, 20)], Measured(Trial.Storm, 12)).WriteInto(path);

        new ChaosTable(20, [Measured(Skew, 9)], storm: null).WriteInto(path);

        var text = File.ReadAllText(path);
        Assert.StartsWith("Before.\n\n<!-- measured: begin -->\n\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n<!-- measured: end -->\n\nAfter.\n", text, StringComparison.Ordinal);
        Assert.Contains("| `clock-skew` | WatcherHeartbeatMissing | 9.0 |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("| 7.0 |", text, StringComparison.Ordinal);
        Assert.Contains("| `memory-hog` | ProcessMemoryHigh | 20.0 | 25.0 | 305 |", text, StringComparison.Ordinal); // 300 s of `for` are 15 here
        Assert.Contains("| WorkerDown of all three fired after | 12.0 s |", text, StringComparison.Ordinal);
        Assert.Equal(text, Again(path));
    }

    [Fact]
    public void What_did_not_hold_is_in_the_table()
    {
        var broken = Measured(Skew, 7) with { };
        broken.ToFiring = null;
        broken.Broken.Add("it did not fire | at all");

        Assert.Contains("| never | 12.0 |", new ChaosTable(20, [broken], null).ToString(), StringComparison.Ordinal);
        Assert.Contains("| it did not fire / at all |", new ChaosTable(20, [broken], null).ToString(), StringComparison.Ordinal);
    }

    // A run that measures nothing changes nothing.
    private static string Again(string path)
    {
        new ChaosTable(20, [], null).WriteInto(path);
        return File.ReadAllText(path);
    }

    private static Outcome Measured(Trial trial, double seconds) => new(trial)
    {
        ToFiring = TimeSpan.FromSeconds(seconds),
        ToIncident = TimeSpan.FromSeconds(seconds + 5),
        ToQuiet = TimeSpan.FromSeconds(15),
        Cause = $"The fault {trial.Fault}, injected into the worker marie",
        WithoutKnowledge = "An alert of the worker marie. It is the only alert.",
    };
}
