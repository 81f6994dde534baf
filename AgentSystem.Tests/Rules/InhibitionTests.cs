using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Rules;

/// <summary>Which alert silences which, in a real Alertmanager and with the labels that the alerts really have.</summary>
public sealed class InhibitionTests(RunningAlertmanager alertmanager) : IClassFixture<RunningAlertmanager>, IAsyncLifetime
{
    private const string Worker = "worker", Job = "job", MountPoint = "mountpoint", SomebodyElse = "somebody-else";

    /// <summary>
    /// What follows from which alert, as it is meant, and which label both must have alike: what follows from a worker's absence is that worker's.
    /// </summary>
    private static readonly (string Cause, string? Alike, string[] Follow)[] Expected =
    [
        ("WorkerDown", Worker,
            [
                "TaskQueueOverflow", "TaskBacklogGrowing", "ApproachingTaskLimit", "TaskStuck", "TasksStalled", "HighTaskLatency", "TaskProcessingTimeout",
                "DegradedPerformance", "WorkerReplicaDown", "WorkerCrashLooping", "WatcherHeartbeatMissing", "AvailabilitySLOViolation", "PipeSilent",
                "NamedPipeErrors",
            ]),
        ("OrchestratorDown", null,
            [
                "WorkerDown", "WorkerReplicaDown", "WorkerCrashLooping", "WatcherHeartbeatMissing", "AvailabilitySLOViolation", "ServiceDiscoveryFailing",
                "NamedPipeErrors", "PipeSilent", "PipeLinesInvalid", "TaskQueueOverflow", "TaskBacklogGrowing", "ApproachingTaskLimit", "TaskStuck",
                "TasksStalled", "TooManyActiveTasks", "TaskFilesQuarantined", "HighTaskLatency", "TaskProcessingTimeout", "DegradedPerformance",
                "HighErrorRate", "TaskFailureRateHigh", "HighRetryRate", "DeadLettersGrowing", "ErrorBudgetBurnHigh",
                "ServiceCrashLooping", "HighServerErrorRate", // the orchestrator's own
            ]),
        ("DiskSpaceCritical", null,
            [
                "HighErrorRate", "TaskFailureRateHigh", "HighRetryRate", "DeadLettersGrowing", "ErrorBudgetBurnHigh",
                "TaskFilesQuarantined", "TaskStuck", "TasksStalled", "HighServerErrorRate", "PrometheusStorageFailing", "RuleEvaluationFailing",
                "RuleEvaluationSlow", "TelemetryMissing", "TelemetryStoreBackPressure", "CollectorBackPressure",
            ]),
        ("DiskSpaceCritical", MountPoint, ["DiskSpaceWillRunOut"]),
        ("ClaudeAPIFailures", null,
            [
                "HighErrorRate", "TaskFailureRateHigh", "HighRetryRate", "DeadLettersGrowing", "ErrorBudgetBurnHigh", "HighTaskLatency",
                "TaskProcessingTimeout", "DegradedPerformance",
            ]),
        ("HighErrorRate", Worker, ["TaskFailureRateHigh", "HighRetryRate", "ErrorBudgetBurnHigh"]),
        ("TasksStalled", Worker, ["TaskStuck"]),
        ("TaskQueueOverflow", Worker, ["TaskBacklogGrowing", "ApproachingTaskLimit"]),
        ("HighTaskLatency", Worker, ["DegradedPerformance"]),
        ("TaskProcessingTimeout", Worker, ["DegradedPerformance"]),
        ("AlertingServiceDown", null, ["AlertmanagerNotificationsFailing"]),
        ("AlertmanagerDown", null, ["PrometheusNotificationErrors"]),
        ("TelemetryLost", Job, ["ScrapeFailing"]),
        ("SpendAboveBudget", null, ["SpendRunaway"]),
    ];

    private readonly List<IReadOnlyDictionary<string, string>> _set = [];

    public static TheoryData<string> Causes => [.. Expected.Select(rule => rule.Cause).Distinct()];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await alertmanager.SetAsync(_set, firing: false);
        await Eventually.True(async () => (await alertmanager.AlertsAsync()).Count == 0);
    }

    [Theory]
    [MemberData(nameof(Causes))]
    public async Task An_alert_silences_what_follows_from_it_and_nothing_else(string name)
    {
        var cause = Labels(name);
        var follow = (from rule in Expected where rule.Cause == name from target in rule.Follow select (Name: target, rule.Alike)).ToList();
        var targets = follow.Select(target => target.Alike is { } alike ? With(Labels(target.Name), alike, cause[alike]) : Labels(target.Name)).ToList();
        // What stands beside could silence something itself; those are causes of their own here.
        var bystanders = RuleFiles.Alerts.Select(alert => alert.Name).Except(follow.Select(target => target.Name)).Where(other => !IsCause(other)).Select(Labels)
            .Concat(follow.Where(other => other.Alike is not null && !IsCause(other.Name)).Select(other => With(Labels(other.Name), other.Alike!, SomebodyElse)))
            .ToList();
        if (name == "OrchestratorDown")
            bystanders.AddRange(((string[])["ServiceCrashLooping", "HighServerErrorRate"]).Select(other => With(Labels(other), Job, "console")));

        await SetAsync([cause, .. targets]);
        await Eventually.True(async () => Silenced(await alertmanager.AlertsAsync()).SetEquals(targets.Select(Key)));

        await SetAsync(bystanders);
        var now = await alertmanager.AlertsAsync();
        Assert.Equal(targets.Select(Key).Order(StringComparer.Ordinal), Silenced(now).Order(StringComparer.Ordinal));
        Assert.True(now.Count > targets.Count + 1);
    }

    [Fact]
    public void The_configuration_silences_what_is_expected_and_nothing_else() =>
        Assert.Equal(
            Expected.SelectMany(rule => rule.Follow.Select(target => (rule.Cause, target, rule.Alike ?? ""))).Order(),
            AlertmanagerFile.InhibitRules.SelectMany(rule =>
                from source in Matching(rule.Sources)
                from target in Matching(rule.Targets)
                select (source.Name, target.Name, string.Join(',', rule.Equal))).Order());

    [Fact]
    public async Task Three_workers_that_go_at_once_are_one_page_with_all_that_follows_kept_back()
    {
        foreach (var worker in (string[])["marie", "anga", "fabien"])
            await SetAsync([With(Labels("WorkerDown"), Worker, worker), With(Labels("TaskStuck"), Worker, worker)]);

        await Eventually.True(async () => (await alertmanager.AlertsAsync()).Count(alert => alert.Inhibited) == 3);
        Assert.Equal(("pages-agents", 3), Assert.Single(await alertmanager.GroupsAsync(), group => group.Receiver.StartsWith("pages-", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_name_in_the_rules_is_one_of_an_alert()
    {
        var patterns = AlertmanagerFile.InhibitRules.SelectMany(rule => new[] { rule.Sources, rule.Targets }).Select(AlertmanagerFile.NamePattern);
        foreach (var pattern in patterns.SelectMany(pattern => pattern.Split('|')))
            Assert.Contains(RuleFiles.Alerts, alert => Regex.IsMatch(alert.Name, $"^(?:{pattern})$"));
    }

    private async Task SetAsync(IEnumerable<IReadOnlyDictionary<string, string>> alerts)
    {
        var added = alerts.ToList();
        _set.AddRange(added);
        await alertmanager.SetAsync(added, firing: true);
    }

    private static IEnumerable<AlertRule> Matching(IReadOnlyList<string> matchers) =>
        RuleFiles.Alerts.Where(alert => Regex.IsMatch(alert.Name, $"^(?:{AlertmanagerFile.NamePattern(matchers)})$"));

    private static bool IsCause(string name) => Expected.Any(rule => rule.Cause == name);

    /// <summary>The labels that the alert really has.</summary>
    private static Dictionary<string, string> Labels(string name) => new(RuleFiles.FiringLabels(RuleFiles.Alerts.Single(alert => alert.Name == name)));

    private static Dictionary<string, string> With(Dictionary<string, string> labels, string label, string value) => new(labels) { [label] = value };

    private static HashSet<string> Silenced(IEnumerable<(IReadOnlyDictionary<string, string> Labels, bool Inhibited)> alerts) =>
        [.. alerts.Where(alert => alert.Inhibited).Select(alert => Key(alert.Labels))];

    private static string Key(IReadOnlyDictionary<string, string> labels) =>
        string.Join(',', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
}
