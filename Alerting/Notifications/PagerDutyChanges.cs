using System.Text.Json;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Notifications;

/// <summary>
/// Makes PagerDuty's change events (https://developer.pagerduty.com/docs/send-change-events). They have a queue of their own: one that is not taken is
/// tried again for as long as it takes, and no page waits for it.
/// </summary>
internal sealed class PagerDutyChanges(IOptions<PagerDutyOptions> options) : IAnnouncer
{
    internal const string Name = "pagerduty-changes", Kind = "change";

    public string Channel => Name;

    public Announcement? Announce(Incident? before, Incident after, string? receipt) => null;

    public Announcement? Announce(Question question, string subject) => null;

    public Announcement? Announce(ChangeReport change)
    {
        if (options.Value.RoutingKey is not { Length: > 0 } key)
            return null;
        var body = new ChangeEvent(
            key, new(Texts.Cut(change.Summary, PagerDutyEvents.MaxSummary), change.At!.Value.UtcDateTime, change.Source ?? "agentsystem"),
            change.Link is { } link ? [new(link, "More")] : null);
        return new(Name, "", Kind, "", JsonSerializer.Serialize(body, PagerDutyEvents.Json.ChangeEvent));
    }
}

internal sealed record ChangeEvent(string RoutingKey, ChangePayload Payload, IReadOnlyList<EventLink>? Links);

internal sealed record ChangePayload(string Summary, DateTime Timestamp, string Source);

internal sealed record EventLink(string Href, string Text);
