using AgentSystem.Protocol.Api;

namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// Which alerts belong together. The relation is symmetric and knows nothing of the order in which alerts come, so that incidents, its connected
/// parts, do not hang on that order either.
/// </summary>
/// <param name="window">How far apart alerts may begin that are related by what they are about.</param>
internal sealed class Correlator(TimeSpan window)
{
    /// <summary>
    /// The same part of the system, at about the same time or while the other still fires; or the same alert on several parts, or a part and one
    /// that it needs, when both began at about the same time. What began much later has its own cause, even if the machine is busy for days.
    /// </summary>
    internal bool AreRelated(IncidentAlert one, IncidentAlert other)
    {
        var atOnce = (one.StartsAt - other.StartsAt).Duration() <= window;
        if (one.Component == other.Component)
            return atOnce || Overlap(one, other);
        return atOnce && (one.Name == other.Name || Topology.DependsOn(one.Component, other.Component) || Topology.DependsOn(other.Component, one.Component));
    }

    /// <summary>The incidents that an alert belongs to. With several, they turn out to be one: the first of them, which others know already.</summary>
    internal IReadOnlyList<Incident> Find(IncidentAlert alert, IEnumerable<Incident> active) =>
    [
        .. active.Where(incident => incident.Alerts.Any(known => AreRelated(alert, known)))
            .OrderByDescending(incident => incident.Severity).ThenBy(incident => incident.OpenedAt).ThenBy(incident => incident.Id, StringComparer.Ordinal),
    ];

    // One that has ended is still near for as long as the window.
    private bool Overlap(IncidentAlert one, IncidentAlert other) =>
        one.StartsAt <= EndOf(other) && other.StartsAt <= EndOf(one);

    private DateTimeOffset EndOf(IncidentAlert alert) => alert.EndsAt is { } end ? end + window : DateTimeOffset.MaxValue;
}
