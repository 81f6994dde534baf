using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Notifications;

/// <summary>
/// Makes an incident's one message for Slack, in Block Kit (https://docs.slack.dev/block-kit), which is edited as the incident moves. Only the
/// newest state is worth sending, so that a message nobody began to send is replaced.
/// </summary>
internal sealed class SlackMessages(IOptions<SlackOptions> options, IOptions<AlertingOptions> alerting) : IAnnouncer
{
    internal const string Name = "slack";

    /// <summary>Type of the metadata by which a message of ours is found again.</summary>
    internal const string EventType = "agentsystem_incident";

    // Limits of Block Kit.
    internal const int MaxBlocks = 50, MaxHeader = 150, MaxSection = 3000, MaxField = 2000;

    private const int MaxAlerts = 20, MaxAlertText = 110;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Channel => Name;

    public Announcement? Announce(ChangeReport change) => null;

    public Announcement? Announce(Incident? before, Incident after, string? receipt)
    {
        if (options.Value is not { Token.Length: > 0, Channel.Length: > 0 } || after.Severity < AlertSeverity.Warning)
            return null;
        var message = Render(after);
        if (before is not null && before.Severity >= AlertSeverity.Warning && Render(before) == message)
            return null;
        return new(Name, after.Id, "show", after.Id, message, Replaces: true);
    }

    /// <summary>The message without its channel, as <c>chat.postMessage</c> and <c>chat.update</c> take it.</summary>
    internal string Render(Incident incident)
    {
        var blocks = new JsonArray
        {
            new JsonObject { ["type"] = "header", ["text"] = Plain(Texts.Cut($"{Sign(incident)} {incident.Title}", MaxHeader)) },
            new JsonObject { ["type"] = "section", ["fields"] = Fields(incident) },
        };
        if (incident.Cause is { } cause)
            blocks.Add(Section($"*Probable cause:* {Escape(cause.Text)}\n{string.Join('\n', cause.Reasons.Select(reason => $"• {Escape(reason)}"))}"));
        blocks.Add(Section(string.Join('\n', Alerts(incident))));
        if (Texts.Link(alerting.Value.ConsoleUrl, incident.Id) is { } link)
            blocks.Add(new JsonObject
            {
                ["type"] = "actions",
                ["elements"] = new JsonArray(new JsonObject { ["type"] = "button", ["action_id"] = "open", ["url"] = link, ["text"] = Plain("Open") }),
            });
        return new JsonObject
        {
            ["text"] = Texts.Cut(Escape($"{incident.State.ToName()}: {incident.Title}"), MaxSection),
            ["blocks"] = blocks,
            ["metadata"] = new JsonObject { ["event_type"] = EventType, ["event_payload"] = new JsonObject { ["incident_id"] = incident.Id } },
        }.ToJsonString(Json);
    }

    /// <summary>The three characters that Slack reads as its own: https://docs.slack.dev/messaging/formatting-message-text.</summary>
    internal static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static JsonArray Fields(Incident incident)
    {
        var state = incident.State switch
        {
            IncidentState.Acknowledged => $"acknowledged by {Escape(incident.AcknowledgedBy ?? "")}",
            IncidentState.Resolved => incident.ResolvedBy is { } by ? $"resolved by {Escape(by)}" : "resolved",
            IncidentState.Merged => $"part of {incident.MergedInto}",
            _ => "open",
        };
        var fields = new JsonArray(Field("State", state), Field("Severity", incident.Severity.ToName()), Field("Since", Moment(incident.OpenedAt)));
        if (incident.Assignee is { } assignee)
            fields.Add(Field("Assigned to", Escape(assignee)));
        if (incident.ResolvedAt is { } end)
            fields.Add(Field("Ended", Moment(end)));
        return fields;
    }

    private static IEnumerable<string> Alerts(Incident incident)
    {
        foreach (var alert in incident.Alerts.Take(MaxAlerts))
        {
            var sign = alert.Phase switch { AlertPhase.Firing => ":red_circle:", AlertPhase.Suppressed => ":mute:", _ => ":white_check_mark:" };
            var by = alert.SuppressedBy.Count > 0 ? $" (suppressed by {string.Join(", ", alert.SuppressedBy.Select(s => s.Name))})"
                : alert.Flapping ? " (flapping)" : "";
            // Cut before it is escaped, so that no escape is cut in half; and so short that all of them fit.
            yield return $"{sign} {Escape(Texts.Cut($"{Lifecycle.Say(alert)}{by} {alert.Annotations.GetValueOrDefault("summary")}", MaxAlertText))}";
        }
        if (incident.Alerts.Count > MaxAlerts)
            yield return $"… and {(incident.Alerts.Count - MaxAlerts).ToString(CultureInfo.InvariantCulture)} more";
    }

    private static string Sign(Incident incident) => incident.State switch
    {
        IncidentState.Resolved or IncidentState.Merged => ":white_check_mark:",
        IncidentState.Acknowledged => ":eyes:",
        _ => incident.Severity == AlertSeverity.Critical ? ":rotating_light:" : ":warning:",
    };

    // Slack shows it in the reader's own time.
    private static string Moment(DateTimeOffset at) => string.Create(
        CultureInfo.InvariantCulture, $"<!date^{at.ToUnixTimeSeconds()}^{{date_short_pretty}} {{time_secs}}|{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC>");

    private static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = text, ["emoji"] = true };

    private static JsonObject Field(string name, string escaped) => new() { ["type"] = "mrkdwn", ["text"] = CutEscaped($"*{name}*\n{escaped}", MaxField) };

    private static JsonObject Section(string text) =>
        new() { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = CutEscaped(text, MaxSection) } };

    // An escape that is cut in half would be shown as what is left of it.
    private static string CutEscaped(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var cut = Texts.Cut(text, length);
        var open = cut.LastIndexOf('&');
        return open >= 0 && cut.Length - open <= 6 && !cut.AsSpan(open).Contains(';') ? cut[..open] + "…" : cut;
    }
}
