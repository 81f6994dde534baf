using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Incidents;

/// <summary>How incidents are shown.</summary>
public static class IncidentText
{
    /// <summary>The words of <c>?state=</c> and the states that they stand for.</summary>
    public static IReadOnlyList<(string Word, string Title, string Query)> Views { get; } =
    [
        ("", "Not over", "state=open,acknowledged"),
        ("resolved", "Resolved", "state=resolved"),
        ("merged", "Merged", "state=merged"),
        ("all", "All", "state=open,acknowledged,resolved,merged"),
    ];

    /// <summary>The colour of a severity.</summary>
    public static Tone ToneOf(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Critical => Tone.Bad,
        AlertSeverity.Warning => Tone.Warning,
        _ => Tone.Busy,
    };

    /// <summary>What an alert's phase means.</summary>
    public static Tone ToneOf(AlertPhase phase) => phase switch
    {
        AlertPhase.Firing => Tone.Bad,
        AlertPhase.Resolved => Tone.Good,
        _ => Tone.Off,
    };

    /// <summary>The incidents that have a text in their title, their cause or their alerts.</summary>
    public static IReadOnlyList<Incident> Find(IEnumerable<Incident> incidents, string? text) =>
    [
        .. incidents.Where(incident => string.IsNullOrWhiteSpace(text)
            || TextsOf(incident).Any(value => value.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase))),
    ];

    private static IEnumerable<string> TextsOf(Incident incident) =>
        [incident.Title, incident.Id, incident.Cause?.Text ?? "", incident.Assignee ?? "", .. incident.Alerts.SelectMany(alert => alert.Labels.Values)];

    /// <summary>How many alerts, in words.</summary>
    public static string CountOf(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var firing = incident.Alerts.Count(alert => alert.Phase == AlertPhase.Firing);
        var all = incident.Alerts.Count == 1 ? "1 alert" : $"{incident.Alerts.Count} alerts";
        return firing == 0 || firing == incident.Alerts.Count ? all : $"{all}, {firing} firing";
    }
}
