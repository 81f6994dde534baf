using System.Text.RegularExpressions;
using AgentSystem.Benchmarks.Chaos;
using AgentSystem.Protocol;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Chaos;

/// <summary>docs/chaos.md against the code, and what was measured.</summary>
public sealed partial class ChaosDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "chaos.md"));

    public static TheoryData<string> Names => [.. FaultCatalog.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fault_has_a_row_with_its_options_and_its_alert_and_a_measured_one(string name)
    {
        var kind = FaultCatalog.Find(name)!;
        var rows = Rows().Matches(Document).Where(row => row.Groups[1].Value == name).Select(row => row.Value).ToList();

        Assert.True(rows.Count >= 2, $"{name} has {rows.Count} rows.");
        Assert.EndsWith($"| {kind.Raises} |", rows[0], StringComparison.Ordinal);
        Assert.All(kind.Parameters, parameter => Assert.Contains($"`--{parameter.Name.Replace('_', '-')} {parameter.Default}`", rows[0], StringComparison.Ordinal));
        Assert.All(rows.Skip(1), row => Assert.Contains($"| {kind.Raises} |", row, StringComparison.Ordinal));
        Assert.All(rows.Skip(1), row => Assert.EndsWith("| hold |", row, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_claimed_of_the_storm_holds() => Assert.Contains("\n| claims | hold |\n", Document, StringComparison.Ordinal);

    [Fact]
    public void Every_fault_is_tried_and_at_least_twelve_were_measured() =>
        Assert.True(Trial.All.Select(trial => trial.Fault).Distinct().Count() is var tried && tried == FaultCatalog.All.Count && tried >= 12);

    [Fact]
    public void Every_trial_has_been_measured()
    {
        var measured = Document[Document.IndexOf("<!-- measured: begin -->", StringComparison.Ordinal)..];
        Assert.All(Trial.All, trial => Assert.Contains($"\n| `{trial.Title}` |", measured, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_kind_of_error_of_the_model_is_tried_once()
    {
        var tried = Trial.All.Where(trial => trial.Fault == FaultCatalog.ClaudeErrors)
            .Select(trial => trial.Options is ["--error", var error] ? error : FaultCatalog.Find(FaultCatalog.ClaudeErrors)!.Parameters[0].Default);
        Assert.Equal(FaultCatalog.ModelErrors, tried);
    }

    [GeneratedRegex(@"^\| `([a-z-]+)[^`]*` .*\|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
