namespace AgentSystem.Tests.Rules;

public sealed class AlertsDocumentTests
{
    [Fact]
    public void The_table_has_every_alert_as_it_is() =>
        Assert.Equal(
            RuleFiles.Alerts.Select(alert => (alert.Name, alert.Severity, alert.Team)).Order(),
            AlertsDocument.Table.Order());

    [Fact]
    public void The_page_shows_a_rule_that_is_none_of_ours_yet()
    {
        Assert.NotEqual("", AlertsDocument.CustomAlert);
        Assert.DoesNotContain(RuleFiles.Alerts, alert => alert.Name == AlertsDocument.CustomAlert);
    }
}
