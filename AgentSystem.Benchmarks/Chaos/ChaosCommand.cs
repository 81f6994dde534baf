using System.CommandLine;
using System.Globalization;
using AgentSystem.Benchmarks.Processes;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary><c>chaos</c></summary>
internal static class ChaosCommand
{
    // What follows from a fault comes sooner.
    private static readonly TimeSpan ReopenWindow = TimeSpan.FromSeconds(20);

    internal static Command Build()
    {
        var scale = CommandOptions.Number("--scale", 20, "What the times in the rules are divided by.");
        var only = new Option<string[]>("--only") { Description = "Only these faults, or titles of their rows; 'storm' for the storm. The others' rows in the document stay.", AllowMultipleArgumentsPerToken = true };
        var command = new Command("chaos", "Each fault, injected into the whole system under Prometheus and Alertmanager: what it raises, and how soon.") { scale, only };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (wanted, progress) = (parsed.GetValue(only) ?? [], Console.Error);
            await using var disk = await SmallDisk.MountAsync(progress);
            await using var system = await ChaosSystem.StartAsync(Path.Combine(disk.Folder, "system"), parsed.GetValue(scale), ReopenWindow, cancellation);
            await using var load = new Load(system);
            var outcomes = new List<Outcome>();
            foreach (var trial in Trial.All.Where(trial => wanted.Length == 0 || trial.IsAmong(wanted)))
                outcomes.Add(await new TrialRun(system, trial, progress).RunAsync(cancellation));
            var storm = wanted.Length == 0 || wanted.Contains("storm") ? await new TrialRun(system, Trial.Storm, progress).RunAsync(cancellation) : null;

            var table = new ChaosTable(system.Scale, outcomes, storm);
            Console.Out.WriteLine(table.ToString());
            table.WriteInto(Path.Combine(Programs.Repository, "docs", "chaos.md"));
            var broken = outcomes.Concat(storm is null ? [] : [storm]).SelectMany(outcome => outcome.Broken.Select(what => $"{outcome.Trial.Title}: {what}")).ToList();
            foreach (var what in broken)
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"BROKEN: {what}"));
            return broken.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
