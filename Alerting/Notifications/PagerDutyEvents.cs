using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Notifications;

/// <summary>
/// Makes PagerDuty's events of incidents (https://developer.pagerduty.com/docs/events-api-v2-overview): a critical incident triggers, is
/// acknowledged and is resolved under one dedup key, with the routing key that triggered it.
/// </summary>
internal sealed class PagerDutyEvents(IOptions<PagerDutyOptions> options, IOptions<AlertingOptions> alerting) : IAnnouncer
{
    internal const string Name = "pagerduty";

    // Limits of the published schema.
    internal const int MaxSummary = 1024, MaxDedup = 255, MaxBytes = 512 * 1024;

    // Details are for reading; this keeps the event far below its limit.
    private const int MaxAlerts = 50, MaxDetail = 1000;

    /// <summary>Names stay readable; JSON needs no more escapes than these.</summary>
    internal static readonly PagerDutyJson Json = new(new JsonSerializerOptions(PagerDutyJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public string Channel => Name;

    public Announcement? Announce(Incident? before, Incident after, string? receipt)
    {
        var (was, isOne) = (before is not null && Pages(before), Pages(after));
        var acknowledged = was && isOne && before!.State == IncidentState.Open && after.State == IncidentState.Acknowledged;
        if (was == isOne && !acknowledged)
            return null;
        if (!was)
            return options.Value.RoutingKey is { Length: > 0 } key ? Event(after, "trigger", key, Payload(after)) with { Receipt = key } : null;
        // What was never triggered, because there was no key then, has nothing to resolve.
        return receipt is null ? null : Event(after, acknowledged ? "acknowledge" : "resolve", receipt, payload: null);
    }

    // Who is asked is not on call.
    public Announcement? Announce(Question question, string subject) => null;

    // Its changes have a queue of their own.
    public Announcement? Announce(ChangeReport change) => null;

    private static bool Pages(Incident incident) => incident.State.IsActive() && incident.Severity == AlertSeverity.Critical;

    private Announcement Event(Incident incident, string action, string key, EventPayload? payload)
    {
        var dedup = Texts.Cut($"agentsystem/{incident.Id}", MaxDedup);
        var link = Texts.Link(alerting.Value.ConsoleUrl, incident.Id);
        var body = new Event(key, action, dedup, payload, action == "trigger" ? "AgentSystem" : null, action == "trigger" ? link : null);
        return new(Name, incident.Id, action, dedup, JsonSerializer.Serialize(body, Json.Event));
    }

    private static string Line(IncidentAlert alert) =>
        $"{alert.Phase.ToName()} {alert.Severity.ToName()} {Lifecycle.Say(alert)}: {alert.Annotations.GetValueOrDefault("summary")}";

    private static EventPayload Payload(Incident incident) => new(
        Texts.Cut(incident.Title, MaxSummary),
        Texts.Cut(incident.Cause?.Component ?? incident.Alerts[0].Component, MaxDetail),
        incident.Severity.ToName(),
        incident.OpenedAt.UtcDateTime,
        Texts.Cut(incident.Alerts[0].Component, MaxDetail),
        incident.Alerts[0].Labels.GetValueOrDefault("team") is { } team ? Texts.Cut(team, MaxDetail) : null,
        Texts.Cut(incident.Alerts[0].Name, MaxDetail),
        new(
            incident.Id,
            incident.Cause is { } cause ? Texts.Cut(cause.Text, MaxDetail) : null,
            [.. (incident.Cause?.Reasons ?? []).Select(reason => Texts.Cut(reason, MaxDetail))],
            [.. incident.Alerts.Take(MaxAlerts).Select(alert => Texts.Cut(Line(alert), MaxDetail))],
            incident.Alerts.Select(alert => alert.Annotations.GetValueOrDefault("runbook_url")).FirstOrDefault(static url => url?.Length is > 0 and <= MaxDetail)));
}

internal sealed record Event(string RoutingKey, string EventAction, string DedupKey, EventPayload? Payload, string? Client, string? ClientUrl);

internal sealed record EventPayload(
    string Summary, string Source, string Severity, DateTime Timestamp, string Component, string? Group, string Class, EventDetails CustomDetails);

internal sealed record EventDetails(string IncidentId, string? ProbableCause, IReadOnlyList<string> Reasons, IReadOnlyList<string> Alerts, string? Runbook);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(ChangeEvent))]
internal sealed partial class PagerDutyJson : JsonSerializerContext;
