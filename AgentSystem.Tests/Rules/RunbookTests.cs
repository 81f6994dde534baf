using System.CommandLine;
using System.Text.RegularExpressions;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Cli;
using AgentSystem.Cli.Terminal;
using AgentSystem.WebConsole.Runbooks;
using Microsoft.Extensions.Options;

namespace AgentSystem.Tests.Rules;

public sealed partial class RunbookTests
{
    private static readonly string[] Programs =
        ["agentctl", "promtool", "amtool", "curl", "ls", "cat", "tail", "grep", "df", "du", "ps", "docker", "dmesg", "find", "top", "free", "stat"];

    private const string SomeId = "01JD8Z0000000000000000000";

    public static TheoryData<string> Names => [.. Runbooks.Names];

    [Fact]
    public void Each_alert_has_a_page_and_each_page_an_alert() =>
        Assert.Equal(RuleFiles.Alerts.Select(alert => alert.Name).Append(MonitoringSilent.Name).Order(StringComparer.Ordinal), Runbooks.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_says_what_it_means_what_it_costs_how_to_look_and_what_to_do(string name)
    {
        var page = new RunbookLibrary(Options.Create(new RunbookOptions { RunbooksDir = Runbooks.Folder })).Find(name)!;

        Assert.Equal(name, page.Title);
        Assert.Equal(["Meaning", "Impact", "Diagnosis", "Mitigation"], page.Headings.Select(heading => heading.Text));
        Assert.NotEqual("", page.Summary);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_commands_of_a_page_are_there(string name)
    {
        var commands = Runbooks.Commands(name);

        Assert.NotEmpty(commands);
        foreach (var program in commands.SelectMany(PipelineOf))
            Assert.Contains(program, Programs);
        var root = AgentCtl.Build(
            new CliHost { Out = TextWriter.Null, Error = TextWriter.Null, OpenInput = () => Stream.Null, ConnectionPath = "/nonexistent" });
        foreach (var command in commands.SelectMany(command => AgentCtlCall().Matches(command)).Select(match => match.Groups[1].Value.Trim())
            .Select(command => command.Replace("\"$ID\"", SomeId, StringComparison.Ordinal)))
            Assert.Empty(root.Parse(command).Errors.Select(error => $"agentctl {command}: {error.Message}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_link_of_a_page_leads_to_another_page(string name)
    {
        foreach (Match link in Link().Matches(Runbooks.Text(name)))
            Assert.Contains(link.Groups[1].Value, Runbooks.Names);
    }

    [Fact]
    public void What_is_asked_for_most_is_described_in_full()
    {
        Assert.Contains("agentctl why", Runbooks.Text("HighTaskLatency"), StringComparison.Ordinal);
        foreach (var name in (string[])["HighTaskLatency", "WorkerDown"])
            Assert.True(Runbooks.Commands(name).Count >= 10, name);
    }

    [Fact]
    public void Every_program_of_a_pipeline_is_looked_at() =>
        Assert.Equal(["curl", "grep", "jq"], PipelineOf("""curl -s "$A/b?c=d|e" | grep -E '"(x|y)"' | jq '.a | .b'"""));

    /// <summary>The programs of a command: what stands at its beginning and behind each | that is not quoted.</summary>
    private static IEnumerable<string> PipelineOf(string command) =>
        Quoted().Replace(command, "").Split('|').Select(part => part.Trim().Split(' ')[0]);

    [GeneratedRegex("""
        '[^']*'|"[^"]*"
        """)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"agentctl ([^|#]+)")]
    private static partial Regex AgentCtlCall();

    [GeneratedRegex(@"\]\((\w+)\.md(?:#[\w-]+)?\)")]
    private static partial Regex Link();
}
