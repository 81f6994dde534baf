using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Alerting.Incidents;

/// <summary>What can become of an incident: each step keeps it whole and writes its line of the timeline.</summary>
internal static class Lifecycle
{
    /// <summary>Opens an incident for an alert that belongs to no other.</summary>
    internal static Incident Open(IncidentSession session, IncidentAlert alert)
    {
        var incident = new Incident
        {
            Id = TaskId.New(session.Now),
            Title = "",
            State = IncidentState.Open,
            Severity = alert.Severity,
            OpenedAt = session.Now,
            UpdatedAt = session.Now,
            Alerts = [alert],
        };
        session.Move(alert.Fingerprint, incident.Id);
        session.Note(incident.Id, "opened", $"{Say(alert)} fires{Summary(alert)}");
        return Save(session, incident);
    }

    /// <summary>Adds an alert to an incident that it belongs to.</summary>
    internal static Incident Join(IncidentSession session, Incident incident, IncidentAlert alert)
    {
        session.Move(alert.Fingerprint, incident.Id);
        session.Note(incident.Id, "alert_joined", $"{Say(alert)} {(alert.Phase == AlertPhase.Suppressed ? "would fire" : "fires")} too{Summary(alert)}");
        // It may have been here at an earlier time.
        return Save(session, incident with { Alerts = [.. incident.Alerts.Where(known => known.Fingerprint != alert.Fingerprint), alert] });
    }

    /// <summary>Puts an alert in the place of what it was.</summary>
    internal static Incident Replace(IncidentSession session, Incident incident, IncidentAlert alert) =>
        Save(session, incident with { Alerts = [.. incident.Alerts.Select(known => known.Fingerprint == alert.Fingerprint ? alert : known)] });

    /// <summary>Opens an incident again that was over.</summary>
    internal static Incident Reopen(IncidentSession session, Incident incident, IncidentAlert alert)
    {
        session.Note(incident.Id, "reopened", $"{Say(alert)} fires again");
        return Replace(session, incident with
        {
            State = IncidentState.Open,
            Severity = alert.Severity, // what was worse is over
            ResolvedAt = null,
            ResolvedBy = null,
            AcknowledgedAt = null,
            AcknowledgedBy = null,
        }, alert);
    }

    /// <summary>Makes one incident of two: its alerts go to <paramref name="into"/>.</summary>
    internal static Incident Merge(IncidentSession session, Incident incident, Incident into, string? by, string why)
    {
        session.Note(incident.Id, "merged", $"Became part of {NameOf(into)} ({into.Id}): {why}", by);
        session.Note(into.Id, "absorbed", $"{NameOf(incident)} ({incident.Id}) is part of this: {why}", by);
        // Of an alert that both have, that one counts which it is now; the other is what it was.
        var moved = incident.Alerts.Where(alert => session.WithAlert(alert.Fingerprint)?.Id == incident.Id).ToDictionary(alert => alert.Fingerprint);
        var added = incident.Alerts.Where(alert => into.Alerts.All(known => known.Fingerprint != alert.Fingerprint));
        foreach (var fingerprint in moved.Keys)
            session.Move(fingerprint, into.Id);
        session.Save(incident with { State = IncidentState.Merged, MergedInto = into.Id, UpdatedAt = session.Now });
        return Save(session, into with
        {
            Alerts = [.. into.Alerts.Select(known => moved.GetValueOrDefault(known.Fingerprint, known)), .. added],
            Assignee = into.Assignee ?? incident.Assignee,
        });
    }

    /// <summary>Ends an incident.</summary>
    internal static Incident Resolve(IncidentSession session, Incident incident, string? by)
    {
        session.Note(incident.Id, "resolved", by is null ? "All alerts have ended" : "Said to be over", by);
        var resolved = incident with { State = IncidentState.Resolved, ResolvedAt = session.Now, ResolvedBy = by, UpdatedAt = session.Now };
        session.Save(resolved);
        return resolved;
    }

    /// <summary>Ends the incident if none of its alerts fires any more, and none of them is likely to come back at once.</summary>
    internal static Incident ResolveIfOver(IncidentSession session, Incident incident, FlapDetector flaps)
    {
        if (!incident.State.IsActive())
            return incident;
        var current = incident with { Alerts = [.. incident.Alerts.Select(alert => alert with { Flapping = flaps.IsFlapping(alert.Changes, session.Now) })] };
        foreach (var (before, now) in incident.Alerts.Zip(current.Alerts).Where(pair => pair.First.Flapping != pair.Second.Flapping))
            session.Note(incident.Id, now.Flapping ? "flapping" : "steady", now.Flapping
                ? $"{Say(before)} begins and ends again and again; the incident stays open until that is over"
                : $"{Say(before)} is steady again");
        if (current.Alerts.Any(alert => alert.Phase == AlertPhase.Firing || alert.Flapping))
            return current.Alerts.SequenceEqual(incident.Alerts) ? incident : Save(session, current);
        return Resolve(session, current, by: null);
    }

    /// <summary>Works out anew what probably caused the incident: once a transaction, however many alerts it brought.</summary>
    internal static Incident Explain(IncidentSession session, Incident incident)
    {
        var cause = RootCause.Find(incident.Alerts, session.ChangesSince(incident.Alerts.Min(alert => alert.StartsAt) - RootCause.ChangeWindow), session.Faults);
        if (incident.Cause is { } known && known.Text != cause.Text)
            session.Note(incident.Id, "cause", $"Probably: {cause.Text}");
        return incident with { Cause = cause, Title = TitleOf(incident.Alerts, cause) };
    }

    /// <summary>Keeps the incident, which is as bad as its alerts are now or ever were.</summary>
    private static Incident Save(IncidentSession session, Incident incident)
    {
        var severity = incident.Alerts.Where(alert => alert.Phase == AlertPhase.Firing).Select(alert => alert.Severity).Append(AlertSeverity.Info).Max();
        var raised = severity > incident.Severity;
        if (raised)
            session.Note(incident.Id, "raised", $"It is {severity.ToName()} now");
        var saved = incident with
        {
            Severity = raised ? severity : incident.Severity,
            // Whoever took it did not take this.
            State = raised && incident.State == IncidentState.Acknowledged ? IncidentState.Open : incident.State,
            UpdatedAt = session.Now,
        };
        session.Save(saved);
        return saved;
    }

    /// <summary>An alert as people call it.</summary>
    internal static string Say(IncidentAlert alert) =>
        alert.Component == alert.Name ? alert.Name : $"{alert.Name} of {Topology.Describe(alert.Component)}";

    // One that was opened in this very transaction has no title yet.
    private static string NameOf(Incident incident) => incident.Title.Length > 0 ? incident.Title : Say(incident.Alerts[0]);

    private static string TitleOf(IReadOnlyList<IncidentAlert> alerts, ProbableCause cause)
    {
        var peers = alerts.Where(alert => alert.Name == alerts[0].Name).Select(alert => alert.Component).Distinct().ToList();
        if (cause.Fingerprint is null)
            return $"{alerts[0].Name} of {RootCause.Enumerate(peers.Select(Topology.Describe))}";
        var told = alerts.First(alert => alert.Fingerprint == cause.Fingerprint);
        return told.Annotations.GetValueOrDefault("summary") is { Length: > 0 } summary ? $"{told.Name}: {summary}" : Say(told);
    }

    private static string Summary(IncidentAlert alert) => alert.Annotations.GetValueOrDefault("summary") is { Length: > 0 } summary ? $": {summary}" : "";
}
