using System.Text.RegularExpressions;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Rules;

/// <summary>Which alert silences which, in a real Alertmanager and with the labels that the alerts really have.</summary>
public sealed class InhibitionTests(RunningAlertmanager alertmanager) : IClassFixture<RunningAlertmanager>, IAsyncLifetime
{
    private const string Worker = "worker";

    private readonly List<IReadOnlyDictionary<string, string>> _set = [];

    /// <summary>Each alert that silences others, with those.</summary>
    public static TheoryData<string, string> Sources
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var (rule, index) in AlertmanagerFile.InhibitRules.Select((rule, index) => (rule, index)))
                foreach (var source in Matching(rule.Sources))
                    all.Add(source.Name, index.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return all;
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await alertmanager.SetAsync(_set, firing: false);
        await Eventually.True(async () => (await alertmanager.AlertsAsync()).Count == 0);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task An_alert_silences_what_follows_from_it_and_nothing_else(string source, string ruleIndex)
    {
        var rule = AlertmanagerFile.InhibitRules[int.Parse(ruleIndex, System.Globalization.CultureInfo.InvariantCulture)];
        var cause = Labels(RuleFiles.Alerts.Single(alert => alert.Name == source));
        var targets = Matching(rule.Targets).Select(Labels).Select(labels => With(labels, rule.Targets)).ToList();
        var silencedByIt = AlertmanagerFile.InhibitRules.Where(other => Matching(other.Sources).Any(alert => alert.Name == source))
            .SelectMany(other => Matching(other.Targets)).Select(alert => alert.Name).ToHashSet();
        var bystanders = RuleFiles.Alerts.Where(alert => alert.Name != source && !silencedByIt.Contains(alert.Name)).Select(Labels)
            // The same of another worker, where that matters.
            .Concat(targets.Where(_ => rule.Equal.Contains(Worker)).Select(labels => new Dictionary<string, string>(labels) { [Worker] = "somebody-else" }))
            .ToList();

        await SetAsync([cause, .. targets]);
        await Eventually.True(async () => Silenced(await alertmanager.AlertsAsync()).SetEquals(targets.Select(Key)));

        // What stands beside could silence something itself, so each is alone with the cause.
        await SetAsync(bystanders.Where(labels => !Silences(labels)));
        var now = await alertmanager.AlertsAsync();
        Assert.Equal(targets.Select(Key).Order(StringComparer.Ordinal), Silenced(now).Order(StringComparer.Ordinal));
        Assert.True(now.Count > targets.Count + 1);
    }

    [Fact]
    public async Task Three_workers_that_go_at_once_are_one_page_with_all_that_follows_kept_back()
    {
        var down = RuleFiles.Alerts.Single(alert => alert.Name == "WorkerDown");
        var stuck = RuleFiles.Alerts.Single(alert => alert.Name == "TaskStuck");

        foreach (var worker in (string[])["marie", "anga", "fabien"])
            await SetAsync(new[] { down, stuck }.Select(alert => new Dictionary<string, string>(Labels(alert)) { [Worker] = worker }));

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

    private static bool Silences(Dictionary<string, string> labels) =>
        AlertmanagerFile.InhibitRules.Any(rule => Regex.IsMatch(labels["alertname"], $"^(?:{AlertmanagerFile.NamePattern(rule.Sources)})$"));

    private static Dictionary<string, string> Labels(AlertRule alert) => new(RuleFiles.FiringLabels(alert));

    /// <summary>The labels, with the values that further matchers ask for.</summary>
    private static Dictionary<string, string> With(Dictionary<string, string> labels, IReadOnlyList<string> matchers)
    {
        foreach (var matcher in matchers.Where(matcher => !matcher.StartsWith("alertname", StringComparison.Ordinal)))
            labels[matcher.Split('=')[0]] = matcher.Split('"')[1];
        return labels;
    }

    private static HashSet<string> Silenced(IEnumerable<(IReadOnlyDictionary<string, string> Labels, bool Inhibited)> alerts) =>
        [.. alerts.Where(alert => alert.Inhibited).Select(alert => Key(alert.Labels))];

    private static string Key(IReadOnlyDictionary<string, string> labels) =>
        string.Join(',', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
}
