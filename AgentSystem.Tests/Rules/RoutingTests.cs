using System.Globalization;
using System.Text.Json;
using AgentSystem.Alerting.Webhook;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Rules;

/// <summary>Whom each alert reaches, as Alertmanager's own tool says.</summary>
public sealed class RoutingTests
{
    private static readonly string[] ByAlertmanagerItself = ["AlertingServiceDown", "AlertmanagerNotificationsFailing"];

    [Fact]
    public async Task Every_alert_goes_where_its_severity_and_team_say()
    {
        var routed = new Dictionary<string, string>();
        await Parallel.ForEachAsync(RuleFiles.Alerts, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (alert, _) =>
        {
            var receivers = await ReceiversAsync(RuleFiles.FiringLabels(alert));
            lock (routed)
                routed[alert.Name] = receivers;
        });

        Assert.Equal(
            RuleFiles.Alerts.Select(alert => $"{alert.Name}: {Expected(alert)}").Order(StringComparer.Ordinal),
            routed.Select(alert => $"{alert.Key}: {alert.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("critical", "somebody-new", "pages-platform")]
    [InlineData("warning", "somebody-new", "tickets-platform,record")]
    [InlineData("page", "agents", "record")]
    public async Task An_alert_of_an_unknown_team_or_severity_is_not_lost(string severity, string team, string receivers) =>
        Assert.Equal(receivers, await ReceiversAsync(new Dictionary<string, string> { ["alertname"] = "Mine", ["severity"] = severity, ["team"] = team }));

    [Fact]
    public void Tickets_wait_for_working_hours_and_are_recorded_at_once()
    {
        var tickets = AlertmanagerFile.Routes.Where(route => ((string)route["receiver"]).StartsWith("tickets-", StringComparison.Ordinal)).ToList();

        Assert.Equal(2, tickets.Count);
        Assert.All(tickets, route =>
        {
            Assert.Equal(["working-hours"], AlertmanagerFile.Texts(route, "active_time_intervals"));
            Assert.Equal("true", route["continue"]);
        });
        Assert.Equal("record", AlertmanagerFile.Routes[^1]["receiver"]);
        Assert.All(AlertmanagerFile.Routes.Except(tickets), route => Assert.DoesNotContain("active_time_intervals", route.Keys));
    }

    [Fact]
    public void Every_receiver_but_the_one_for_when_the_service_is_down_is_the_service()
    {
        foreach (var receiver in AlertmanagerFile.Receivers.Where(receiver => (string)receiver["name"] != "fallback"))
        {
            var webhook = Assert.Single(RuleFiles.List(receiver, "webhook_configs"));
            Assert.Equal("http://alerting:8080/webhooks/alertmanager", webhook["url"]);
            Assert.Contains("http_config", webhook.Keys);
        }

        var fallback = AlertmanagerFile.Receivers.Single(receiver => (string)receiver["name"] == "fallback");
        Assert.DoesNotContain("webhook_configs", fallback.Keys);
        Assert.Equal("/run/secrets/pagerduty-key", Assert.Single(RuleFiles.List(fallback, "pagerduty_configs"))["routing_key_file"]);
        Assert.Single(RuleFiles.List(fallback, "slack_configs"));
    }

    [Fact]
    public async Task As_many_alerts_as_one_notification_may_have_are_few_enough_to_be_read()
    {
        const int OfOneAlert = 4096;
        Assert.All(RuleFiles.Alerts, alert => Assert.True(RuleFiles.FiringLabels(alert).Concat(alert.Annotations).Sum(pair => pair.Key.Length + pair.Value.Length) < OfOneAlert / 2));
        foreach (var receiver in AlertmanagerFile.Receivers.Where(receiver => receiver.ContainsKey("webhook_configs")))
        {
            var most = int.Parse((string)Assert.Single(RuleFiles.List(receiver, "webhook_configs"))["max_alerts"], CultureInfo.InvariantCulture);
            var alert = new Alert
            {
                Status = AlertStatus.Firing,
                Labels = new Dictionary<string, string> { ["alertname"] = "Long" },
                Annotations = new Dictionary<string, string> { ["description"] = new('x', OfOneAlert) },
                StartsAt = DateTimeOffset.UtcNow,
                Fingerprint = "00f3a1b2c3d4e5f6",
            };
            var body = JsonSerializer.SerializeToUtf8Bytes(
                new() { Version = AlertNotification.SupportedVersion, GroupKey = "{}", Status = AlertStatus.Firing, Receiver = "r", Alerts = [.. Enumerable.Repeat(alert, most)] },
                AlertmanagerJson.Default.AlertNotification);
            Assert.Null((await NotificationReader.ReadAsync(new MemoryStream(body), CancellationToken.None)).Fault);
        }
    }

    private static string Expected(AlertRule alert) => alert switch
    {
        { Name: RuleFiles.Watchdog } => "watchdog",
        _ when ByAlertmanagerItself.Contains(alert.Name) => "fallback,record",
        { Severity: "critical" } => $"pages-{alert.Team}",
        { Severity: "warning" } => $"tickets-{alert.Team},record",
        _ => "record",
    };

    private static async Task<string> ReceiversAsync(IReadOnlyDictionary<string, string> labels)
    {
        string[] arguments = ["config", "routes", "test", $"--config.file={AlertmanagerFile.Path}", .. labels.Select(label => $"{label.Key}={label.Value}")];
        return (await Executables.RunAsync("amtool", arguments)).Split('\n')[0];
    }
}
