namespace AgentSystem.Alerting.Webhook;

/// <summary>The events that the webhook logs.</summary>
internal static partial class WebhookLoggerExtensions
{
    [LoggerMessage(EventId = 1, EventName = "AlertReceived", Level = LogLevel.Information,
        Message = "Alert {alertname} is {status} (severity {severity}, fingerprint {fingerprint}, since {starts_at:o}, group {group_key})")]
    private static partial void AlertReceived(
        this ILogger logger, string alertname, string status, string severity, string fingerprint, DateTimeOffset starts_at, DateTimeOffset? ends_at,
        string? generator_url, string group_key, string receiver,
        [TagProvider(typeof(WebhookLoggerExtensions), nameof(AddEach))] IReadOnlyDictionary<string, string> labels,
        [TagProvider(typeof(WebhookLoggerExtensions), nameof(AddEach))] IReadOnlyDictionary<string, string> annotations);

    [LoggerMessage(EventId = 2, EventName = "AlertsTruncated", Level = LogLevel.Warning,
        Message = "{count} more alerts of group {group_key} were left out by Alertmanager; raise max_alerts of receiver {receiver} to get them")]
    public static partial void AlertsTruncated(this ILogger logger, int count, string group_key, string receiver);

    [LoggerMessage(EventId = 3, EventName = "NotificationRefused", Level = LogLevel.Warning, Message = "Refused a notification ({reason}): {detail}")]
    public static partial void NotificationRefused(this ILogger logger, string reason, string detail);

    [LoggerMessage(EventId = 4, EventName = "NotificationNotKept", Level = LogLevel.Error, Message = "A notification could not be kept, so Alertmanager has to send it again: {reason}")]
    public static partial void NotificationNotKept(this ILogger logger, string reason);

    /// <summary>One event for an alert, with everything that a search for it needs.</summary>
    public static void AlertReceived(this ILogger logger, AlertNotification notification, Alert alert)
    {
        var status = WebhookInstruments.Word(alert.Status);
        var severity = alert.Labels.GetValueOrDefault("severity", "none");
        // While an alert fires, Alertmanager sends the year 1 for its end.
        DateTimeOffset? endsAt = alert.EndsAt.Year > 1 ? alert.EndsAt : null;
        logger.AlertReceived(
            alert.Labels["alertname"],
            status,
            severity,
            alert.Fingerprint,
            alert.StartsAt,
            endsAt,
            alert.GeneratorUrl,
            notification.GroupKey,
            notification.Receiver,
            alert.Labels,
            alert.Annotations);
    }

    /// <summary>Makes each entry a property of its own (<c>labels.worker</c>), so that one can search for it.</summary>
    public static void AddEach(ITagCollector tags, IReadOnlyDictionary<string, string>? entries)
    {
        foreach (var (name, value) in entries ?? AlertNotification.NoLabels)
            tags.Add(name, value);
    }
}
