using System.Globalization;
using System.Text;
using AgentSystem.Benchmarks.Processes;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>What came of the trials, as the tables of docs/chaos.md. A row that was not measured this time stays as it is.</summary>
internal sealed class ChaosTable(double scale, IReadOnlyList<Outcome> outcomes, Outcome? storm)
{
    private const string Begin = "<!-- measured: begin -->", End = "<!-- measured: end -->";
    private const string StormTitle = "The storm, all three workers killed";

    private readonly string _rules = string.Join('\n', Directory.GetFiles(Path.Combine(Programs.Repository, "infra", "prometheus", "rules"), "*.yml").Select(File.ReadAllText));

    /// <summary>Puts the tables where the document says that they belong.</summary>
    internal void WriteInto(string path)
    {
        var text = File.ReadAllText(path);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        File.WriteAllText(path, $"{text[..from]}\n\n{Render(text[from..to])}\n{text[to..]}");
    }

    public override string ToString() => Render(before: "");

    private string Render(string before)
    {
        var text = new StringBuilder();
        Line(text, $"With the times in the rules divided by {scale:0}, in seconds from the moment at which the fault was there. *Full times* is computed: what was measured, and");
        Line(text, $"at most what the rule's window and its `for` take longer when they are not divided. Last run: {DateTimeOffset.UtcNow:yyyy-MM-dd}.");
        Line(text, $"");
        Line(text, $"| fault | raises | firing | in an incident | full times, at most | also fired | pages | incident names the fault; without knowing of it | quiet after its end | claims |");
        Line(text, $"|---|---|---|---|---|---|---|---|---|---|");
        foreach (var trial in Trial.All)
        {
            var begin = $"| `{trial.Title}` |";
            if (outcomes.FirstOrDefault(outcome => outcome.Trial == trial) is { } outcome)
                text.Append(begin).Append(Row(outcome)).Append('\n');
            else if (before.Split('\n').FirstOrDefault(line => line.StartsWith(begin, StringComparison.Ordinal)) is { } kept)
                text.Append(kept).Append('\n');
        }
        if (storm is not null)
            text.Append('\n').Append(Storm(storm));
        else if (before.IndexOf(StormTitle, StringComparison.Ordinal) is >= 0 and var at)
            text.Append('\n').Append(before[at..].TrimEnd()).Append('\n');
        return text.ToString();
    }

    private string Row(Outcome outcome)
    {
        var kind = outcome.Trial.Kind;
        var full = outcome.ToFiring is { } firing ? firing.TotalSeconds + RuleDelays.Undivided(_rules, kind.Raises, scale) : (double?)null;
        return $" {kind.Raises} | {Seconds(outcome.ToFiring)} | {Seconds(outcome.ToIncident)} | {full?.ToString("0", CultureInfo.InvariantCulture)} "
            + $"| {string.Join(", ", outcome.Also)} | {outcome.Pages} | {(outcome.Cause.Length > 0 ? "yes" : "no")}; {outcome.WithoutKnowledge.Split(". ")[0].TrimEnd('.')} "
            + $"| {Seconds(outcome.ToQuiet)} | {Claims(outcome)} |";
    }

    private static string Storm(Outcome storm)
    {
        var text = new StringBuilder();
        Line(text, $"{StormTitle} (`agentctl chaos {storm.Trial.Title}`):");
        Line(text, $"");
        Line(text, $"| | |");
        Line(text, $"|---|---|");
        Line(text, $"| WorkerDown of all three fired after | {Seconds(storm.ToFiring)} s |");
        Line(text, $"| they were in one incident after | {Seconds(storm.ToIncident)} s |");
        Line(text, $"| also fired | {string.Join(", ", storm.Also)} |");
        Line(text, $"| **incidents, pages** | **{storm.Incidents}, {storm.Pages}** |");
        Line(text, $"| **notifications that Alertmanager alone sent**: something fires | **{storm.Alone.Firing}** |");
        Line(text, $"| and that it has ended | {storm.Alone.Ended} |");
        Line(text, $"| cause that the incident names | {storm.Cause} |");
        Line(text, $"| quiet after its end | {Seconds(storm.ToQuiet)} s |");
        Line(text, $"| claims | {Claims(storm)} |");
        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Seconds(TimeSpan? time) => time?.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) ?? "never";

    private static string Claims(Outcome outcome) => outcome.Broken.Count == 0 ? "hold" : string.Join("; ", outcome.Broken).Replace('|', '/').ReplaceLineEndings(" ");
}
