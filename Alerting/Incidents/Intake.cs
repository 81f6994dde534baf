using AgentSystem.Protocol.Api;

namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// Takes in what Alertmanager delivers. It repeats itself by design: what was known (same fingerprint, status and beginning) is counted and
/// changes nothing else, what only says something new about it (annotations, a higher severity) is taken over, and what is older than what is
/// known is passed over.
/// </summary>
internal sealed class Intake(Correlator correlator, FlapDetector flaps, TimeSpan reopenWindow)
{
    internal void Receive(IncidentSession session, AlertReport report)
    {
        var known = session.WithAlert(report.Fingerprint);
        var alert = known?.Alerts.FirstOrDefault(a => a.Fingerprint == report.Fingerprint);
        if (known is null || alert is null)
        {
            // The end of what was never heard of is no incident.
            if (report is { IsFiring: true, TellsOfFault: true })
                Place(session, report.ToAlert());
        }
        else if (report.IsFiring)
        {
            Fires(session, known, alert, report);
        }
        else
        {
            Ends(session, known, alert, report);
        }
    }

    private void Fires(IncidentSession session, Incident incident, IncidentAlert alert, AlertReport report)
    {
        if (alert.Phase == AlertPhase.Resolved || !incident.State.IsActive())
        {
            // It was never told of, since what it followed from was. That one is over, and what follows from it is not: just so long it is the same.
            if (alert.Phase == AlertPhase.Suppressed)
                Outlast(session, incident, report.ToAlert());
            // What began no later is late, or somebody has said that it is over although it still fires.
            else if (report.StartsAt > alert.StartsAt)
                Return(session, incident, alert, report);
            else
                Count(session, incident, alert);
            return;
        }

        var current = alert with
        {
            Annotations = report.Annotations,
            GeneratorUrl = report.GeneratorUrl,
            // What was told of it before it was kept from being told is over; what was not told does not count.
            Severity = alert.Phase == AlertPhase.Suppressed ? report.Severity : Max(alert.Severity, report.Severity),
            StartsAt = alert.Phase == AlertPhase.Suppressed ? report.StartsAt : alert.StartsAt,
            Phase = AlertPhase.Firing,
            SuppressedBy = [],
            Deliveries = alert.Deliveries + 1,
        };
        var isSame = current.Phase == alert.Phase && current.Severity == alert.Severity && Same(current.Annotations, alert.Annotations);
        if (isSame)
            Count(session, incident, alert);
        else
            Lifecycle.Replace(session, incident, current);
    }

    /// <summary>It was over and fires again: how much it matters is said anew, a ticket of the day being only recorded at night.</summary>
    private void Return(IncidentSession session, Incident incident, IncidentAlert alert, AlertReport report)
    {
        var back = report.ToAlert() with
        {
            Deliveries = alert.Deliveries + 1,
            Changes = flaps.Add(alert.Changes, report.StartsAt),
        };
        back = back with { Flapping = flaps.IsFlapping(back.Changes, session.Now) };
        if (incident.State.IsActive())
        {
            session.Note(incident.Id, "alert_returned", $"{Lifecycle.Say(alert)} fires again", at: report.StartsAt);
            Lifecycle.Replace(session, incident, back);
        }
        else if (session.Now - incident.ResolvedAt <= reopenWindow)
        {
            Lifecycle.Reopen(session, incident, back);
        }
        else
        {
            Place(session, back);
        }
    }

    private void Outlast(IncidentSession session, Incident incident, IncidentAlert alert)
    {
        if (incident.State == IncidentState.Resolved && incident.ResolvedBy is null && session.Now - incident.ResolvedAt <= reopenWindow)
            Lifecycle.Reopen(session, incident, alert);
        else
            Place(session, alert);
    }

    private void Ends(IncidentSession session, Incident incident, IncidentAlert alert, AlertReport report)
    {
        if (alert.Phase == AlertPhase.Resolved || report.StartsAt < alert.StartsAt)
            Count(session, incident, alert);
        else
            End(session, incident, alert with { Deliveries = alert.Deliveries + 1 }, report.EndsAt ?? session.Now, "has ended");
    }

    /// <summary>Passes over an end that may be none.</summary>
    internal static void Doubt(IncidentSession session, AlertReport report)
    {
        if (session.WithAlert(report.Fingerprint) is { } incident && incident.State.IsActive()
            && incident.Alerts.FirstOrDefault(alert => alert.Fingerprint == report.Fingerprint) is { Phase: not AlertPhase.Resolved } alert)
            session.Note(incident.Id, "end_doubted", $"{Lifecycle.Say(alert)} is said to have ended while nothing was heard of Prometheus: it stays until that is back and does not know it");
    }

    /// <summary>The alert is over, and perhaps its incident with it.</summary>
    internal void End(IncidentSession session, Incident incident, IncidentAlert alert, DateTimeOffset at, string what)
    {
        var ended = alert with { Phase = AlertPhase.Resolved, EndsAt = at, Changes = flaps.Add(alert.Changes, at), SuppressedBy = [] };
        if (!incident.State.IsActive())
        {
            session.Save(incident with { Alerts = [.. incident.Alerts.Select(a => a.Fingerprint == ended.Fingerprint ? ended : a)] });
            return;
        }
        session.Note(incident.Id, "alert_ended", $"{Lifecycle.Say(alert)} {what}", at: at);
        Lifecycle.ResolveIfOver(session, Lifecycle.Replace(session, incident, ended), flaps);
    }

    /// <summary>Finds the incident that a new alert belongs to; several turn out to be one.</summary>
    private void Place(IncidentSession session, IncidentAlert alert)
    {
        var found = correlator.Find(alert, session.Active());
        if (found.Count == 0)
        {
            Lifecycle.Open(session, alert);
            return;
        }
        var incident = Lifecycle.Join(session, found[0], alert);
        foreach (var other in found.Skip(1))
            incident = Lifecycle.Merge(session, other, incident, by: null, $"{Lifecycle.Say(alert)} belongs to both");
    }

    // A repetition is not a change, so that neither the time of the last one nor a message tells of it.
    private static void Count(IncidentSession session, Incident incident, IncidentAlert alert) => session.Save(incident with
    {
        Alerts = [.. incident.Alerts.Select(known => known.Fingerprint == alert.Fingerprint ? known with { Deliveries = known.Deliveries + 1 } : known)],
    });

    private static AlertSeverity Max(AlertSeverity one, AlertSeverity other) => one > other ? one : other;

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
