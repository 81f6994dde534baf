using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;
using static AgentSystem.Alerting.Notifications.SlackBlocks;

namespace AgentSystem.Alerting.Notifications;

/// <summary>
/// Makes an incident's one message for Slack, which is edited as the incident moves. Only the
/// newest state is worth sending, so that a message nobody began to send is replaced.
/// </summary>
internal sealed class SlackMessages(IOptions<SlackOptions> options, IOptions<AlertingOptions> alerting) : IAnnouncer
{
    internal const string Name = "slack";

    private const int MaxAlerts = 20, MaxAlertText = 110;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Channel => Name;

    public Announcement? Announce(ChangeReport change) => null;

    public Announcement? Announce(Question question, string subject) => options.Value is { Token.Length: > 0, Channel.Length: > 0 }
        ? new(Name, subject, "ask", subject, SlackQuestions.Render(question, subject, alerting.Value.ConsoleUrl).ToJsonString(Json), Replaces: true)
        : null;

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
            blocks.Add(Button("Open", link));
        return Message($"{incident.State.ToName()}: {incident.Title}", blocks, incident.Id).ToJsonString(Json);
    }

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
}
