using Prometheus;

namespace AgentSystem.Alerting.Webhook;

/// <summary>What the webhook counts. A label's values come from a fixed list, whatever the alerts say.</summary>
internal sealed class WebhookInstruments
{
    private const string OtherSeverity = "other";

    private static readonly string[] Severities = ["critical", "warning", "info", "none"];

    private readonly Counter _notifications;
    private readonly Counter _alerts;

    public WebhookInstruments(IMetricFactory metrics)
    {
        _notifications = metrics.CreateCounter("alerting_webhook_notifications_total",
            "Notifications of Alertmanager, by what became of them.", ["outcome"]);
        _alerts = metrics.CreateCounter("alerting_alerts_received_total",
            "Alerts within accepted notifications; an alert that is repeated is counted again.", ["status", "severity"]);

        // A series that appears with its first event hides that event from rate().
        foreach (var outcome in (string[])["accepted", "malformed", "unknown_version", "too_large", "not_kept"])
            _notifications.WithLabels(outcome);
        foreach (var status in Enum.GetValues<AlertStatus>())
            foreach (var severity in Severities.Append(OtherSeverity))
                _alerts.WithLabels(Word(status), severity);
    }

    public void Refused(NotificationFault fault) => _notifications.WithLabels(fault.Reason).Inc();

    public void NotKept() => _notifications.WithLabels("not_kept").Inc();

    public void Accepted(AlertNotification notification)
    {
        _notifications.WithLabels("accepted").Inc();
        foreach (var alert in notification.Alerts)
        {
            var severity = alert.Labels.GetValueOrDefault("severity", "none");
            _alerts.WithLabels(Word(alert.Status), Severities.Contains(severity) ? severity : OtherSeverity).Inc();
        }
    }

    internal static string Word(AlertStatus status) => status == AlertStatus.Firing ? "firing" : "resolved";
}
