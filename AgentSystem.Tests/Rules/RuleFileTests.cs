using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;
using AgentSystem.Tests.WebConsole.Dashboards;

namespace AgentSystem.Tests.Rules;

/// <summary>What holds for each alert; a new one joins by being there.</summary>
public sealed partial class RuleFileTests
{
    private static readonly string[] Severities = ["critical", "warning", "info"], Teams = ["agents", "platform"];

    /// <summary>The alerts of the system that this one replaces.</summary>
    private static readonly string[] Floor =
    [
        "WorkerDown", "OrchestratorDown", "TaskQueueOverflow", "DiskSpaceCritical", "ClaudeAPIFailures", "HighTaskLatency", "TaskBacklogGrowing",
        "HighErrorRate", "HighMemoryUsage", "HighCPUUsage", "WatcherHeartbeatMissing", "NamedPipeErrors", "TaskStuck", "TaskProcessingTimeout",
        "HighRetryRate", "DegradedPerformance", "TraceSamplingLow", "ApproachingTaskLimit", "DiskSpaceWillRunOut", "ErrorBudgetBurnHigh",
        "AvailabilitySLOViolation",
    ];

    public static TheoryData<string> Names => [.. RuleFiles.Alerts.Select(alert => alert.Name)];

    [Fact]
    public void Every_alert_has_a_name_of_its_own_and_none_of_the_old_system_is_missing()
    {
        Assert.Equal(RuleFiles.Alerts.Count, RuleFiles.Alerts.Select(alert => alert.Name).Distinct().Count());
        Assert.Empty(Floor.Except(RuleFiles.Alerts.Select(alert => alert.Name)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_alert_says_how_bad_it_is_whose_and_where_to_look(string name)
    {
        var alert = Named(name);

        Assert.Contains(alert.Severity, name == RuleFiles.Watchdog ? ["none"] : Severities);
        Assert.Contains(alert.Team, Teams);
        Assert.Equal(["dashboard_url", "description", "runbook_url", "summary"], alert.Annotations.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"/runbooks/{name}", alert.Annotations["runbook_url"]);
        Assert.All(alert.Annotations.Values, text => Assert.NotEqual("", text.Trim()));

        var link = DashboardLink().Match(alert.Annotations["dashboard_url"]);
        Assert.True(link.Success, alert.Annotations["dashboard_url"]);
        var dashboard = RepositoryDashboardsTests.Read(link.Groups["uid"].Value + ".json");
        Assert.All(link.Groups["variable"].Captures, variable => Assert.Contains(dashboard.Variables, known => known.Name == variable.Value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_an_alert_says_names_only_labels_that_it_has(string name)
    {
        var alert = Named(name);
        var known = RuleFiles.FiringLabels(alert).Keys;

        var named = alert.Annotations.Values.SelectMany(text => TemplateLabel().Matches(text)).Select(match => match.Groups[1].Value);
        Assert.Empty(named.Except(known));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_alert_is_tested_firing_resolved_and_just_under_the_line(string name)
    {
        if (name == RuleFiles.Watchdog)
            return; // it always fires, and is tested for that
        var fires = Assert.Single(RuleFiles.Tests, test => test.Name == $"{name} fires and resolves");
        var quiet = Assert.Single(RuleFiles.Tests, test => test.Name == $"{name} stays quiet just under the line");

        Assert.All(fires.Expectations.Concat(quiet.Expectations), expectation => Assert.Equal(name, expectation.Alert));
        var firing = fires.Expectations.First(expectation => expectation.Firing.Count > 0);
        Assert.Contains(fires.Expectations, expectation => expectation.Firing.Count == 0 && expectation.At > firing.At);
        Assert.All(quiet.Expectations, expectation => Assert.Empty(expectation.Firing));
        Assert.NotEmpty(quiet.Expectations);
        // A test without the series that the alert looks at would be quiet whatever the rule says.
        Assert.NotEmpty(quiet.Series.Select(Metric).Intersect(fires.Series.Select(Metric)));
    }

    /// <summary>What is promised to the second.</summary>
    [Theory]
    [InlineData("WorkerDown", "1m")]
    [InlineData("TaskQueueOverflow", "5m")]
    [InlineData("DiskSpaceCritical", "2m")]
    [InlineData("ClaudeAPIFailures", "3m")]
    [InlineData("HighTaskLatency", "10m")]
    [InlineData("TaskBacklogGrowing", "15m")]
    [InlineData("HighErrorRate", "5m")]
    [InlineData("TaskFailureRateHigh", "5m")]
    [InlineData("HighCPUUsage", "10m")]
    [InlineData("HighMemoryUsage", "10m")]
    [InlineData("TooManyActiveTasks", "1m")]
    [InlineData("WatcherHeartbeatMissing", null)]
    public void A_documented_time_is_tested_just_before_it_is_over_and_just_after(string name, string? time)
    {
        Assert.Equal(time, Named(name).For);
        var expectations = Assert.Single(RuleFiles.Tests, test => test.Name == $"{name} fires when its time is over").Expectations;

        Assert.Equal([name, name], expectations.Select(expectation => expectation.Alert));
        Assert.Equal([0, 1], expectations.Select(expectation => expectation.Firing.Count));
        Assert.Equal(TimeSpan.FromSeconds(5), expectations[1].At - expectations[0].At);
    }

    [Fact]
    public void No_test_is_about_an_alert_that_is_not_there() =>
        Assert.Empty(
            RuleFiles.Tests.SelectMany(test => test.Expectations).Select(expectation => expectation.Alert).Except(RuleFiles.Alerts.Select(alert => alert.Name)));

    [Fact]
    public async Task Promtool_accepts_the_rules() =>
        Assert.Contains("SUCCESS", await Executables.RunAsync("promtool", ["check", "rules", .. RuleFiles.Files]));

    [Fact]
    public async Task Promtool_finds_that_the_alerts_fire_and_resolve_when_they_should()
    {
        // A process for each half of the files: it uses one core.
        var halves = RuleFiles.TestFiles.Chunk((RuleFiles.TestFiles.Count + 1) / 2);
        await Task.WhenAll(halves.Select(half => Executables.RunAsync("promtool", ["test", "rules", .. half])));
    }

    private static AlertRule Named(string name) => RuleFiles.Alerts.Single(alert => alert.Name == name);

    private static string Metric(string series) => series.Split('{')[0];

    [GeneratedRegex(@"^/d/(?<uid>[\w-]+)(?:\?(?:&?var-(?<variable>\w+)=[^&]+)*)?$")]
    private static partial Regex DashboardLink();

    [GeneratedRegex(@"\$labels\.(\w+)")]
    private static partial Regex TemplateLabel();
}
