using AgentSystem.Protocol.Api;

namespace AgentSystem.Alerting.Incidents;

/// <summary>An alert as Alertmanager's API has it.</summary>
/// <param name="Report">What it is.</param>
/// <param name="InhibitedBy">Fingerprints of the alerts that keep it from being told.</param>
/// <param name="SilencedBy">Ids of the silences that do.</param>
/// <param name="UpdatedAt">When Alertmanager last heard of it.</param>
internal sealed record KnownAlert(AlertReport Report, IReadOnlyList<string> InhibitedBy, IReadOnlyList<string> SilencedBy, DateTimeOffset UpdatedAt = default);

/// <summary>
/// Records which alert is kept from being told by which: Alertmanager delivers neither that nor the alert itself. An inhibited alert joins the
/// incident of the one that inhibits it, without a say in how bad that is or how long it lasts.
/// </summary>
internal sealed class Suppressions(Intake intake)
{
    internal void Apply(IncidentSession session, IReadOnlyList<KnownAlert> known)
    {
        var byFingerprint = known.ToDictionary(alert => alert.Report.Fingerprint);
        foreach (var alert in known.Where(alert => alert.InhibitedBy.Count + alert.SilencedBy.Count > 0))
            Suppress(session, alert, byFingerprint);

        foreach (var incident in session.Active())
        {
            foreach (var alert in incident.Alerts.Where(alert => alert.SuppressedBy.Count > 0))
            {
                var current = session.Find(incident.Id)!;
                if (!byFingerprint.TryGetValue(alert.Fingerprint, out var now))
                    intake.End(session, current, alert, session.Now, "has ended, unheard");
                else if (now.InhibitedBy.Count + now.SilencedBy.Count == 0)
                    Free(session, current, alert);
            }
        }
    }

    private static void Suppress(IncidentSession session, KnownAlert alert, Dictionary<string, KnownAlert> known)
    {
        IReadOnlyList<Suppression> by =
        [
            .. alert.InhibitedBy.Select(id => new Suppression("alert", id, NameOf(session, id, known))),
            .. alert.SilencedBy.Select(id => new Suppression("silence", id, $"silence {id}")),
        ];
        var fingerprint = alert.Report.Fingerprint;
        var incident = session.WithAlert(fingerprint) is { } own && own.State.IsActive() ? own
            : alert.InhibitedBy.Select(session.WithAlert).FirstOrDefault(other => other is not null && other.State.IsActive());
        if (incident is null)
            return;
        if (incident.Alerts.FirstOrDefault(a => a.Fingerprint == fingerprint) is not { } before)
        {
            Note(session, incident, alert.Report.ToAlert(), by);
            Lifecycle.Join(session, incident, alert.Report.ToAlert() with { Phase = AlertPhase.Suppressed, SuppressedBy = by, Deliveries = 0 });
        }
        else if (!before.SuppressedBy.Select(s => s.Id).SequenceEqual(by.Select(s => s.Id)))
        {
            session.Move(fingerprint, incident.Id);
            Note(session, incident, before, by);
            // One that was told before goes on counting until it ends.
            var phase = before.Phase == AlertPhase.Resolved ? AlertPhase.Suppressed : before.Phase;
            Lifecycle.Replace(session, incident, before with { SuppressedBy = by, Phase = phase });
        }
    }

    private static void Free(IncidentSession session, Incident incident, IncidentAlert alert)
    {
        session.Note(incident.Id, "unsuppressed", $"{Lifecycle.Say(alert)} is kept from being told no longer");
        // From now on Alertmanager delivers it, which is when it counts.
        Lifecycle.Replace(session, incident, alert with { SuppressedBy = [] });
    }

    private static void Note(IncidentSession session, Incident incident, IncidentAlert alert, IReadOnlyList<Suppression> by) =>
        session.Note(incident.Id, "suppressed", $"{Lifecycle.Say(alert)} is suppressed by {RootCause.Enumerate(by.Select(s => s.Name))}");

    private static string NameOf(IncidentSession session, string fingerprint, Dictionary<string, KnownAlert> known) =>
        known.TryGetValue(fingerprint, out var alert) ? Lifecycle.Say(alert.Report.ToAlert())
        : session.WithAlert(fingerprint)?.Alerts.FirstOrDefault(a => a.Fingerprint == fingerprint) is { } own ? Lifecycle.Say(own)
        : fingerprint;
}
