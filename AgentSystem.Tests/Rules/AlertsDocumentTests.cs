using System.Text.RegularExpressions;

namespace AgentSystem.Tests.Rules;

public sealed partial class AlertsDocumentTests
{
    [Fact]
    public void The_table_has_every_alert_as_it_is() =>
        Assert.Equal(
            RuleFiles.Alerts.Select(alert => (alert.Name, alert.Severity, alert.Team)).Order(),
            AlertsDocument.Table.Select(row => (row.Name, row.Severity, row.Team)).Order());

    [Fact]
    public void The_table_says_how_long_each_alert_waits()
    {
        var when = AlertsDocument.Table.ToDictionary(row => row.Name, row => row.When);
        foreach (var alert in RuleFiles.Alerts)
        {
            var said = Wait().Matches(when[alert.Name]).Select(wait => wait.Groups[1].Value + wait.Groups[2].Value[0]).ToList();
            Assert.True(alert.For is { } wait ? said.Contains(wait) : said.Count == 0, $"{alert.Name} waits {alert.For ?? "for nothing"}, the page says: {when[alert.Name]}");
        }
    }

    [Fact]
    public void The_page_shows_a_rule_that_is_none_of_ours_yet()
    {
        Assert.NotEqual("", AlertsDocument.CustomAlert);
        Assert.DoesNotContain(RuleFiles.Alerts, alert => alert.Name == AlertsDocument.CustomAlert);
    }

    [GeneratedRegex(@"\bfor (\d+) (s|min|h)\b")]
    private static partial Regex Wait();
}
