using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Alerting.Incidents;

/// <summary>What cannot be done to an incident.</summary>
/// <param name="status">The HTTP status that says so.</param>
/// <param name="title">What is wrong.</param>
/// <param name="detail">What to do.</param>
public sealed class IncidentActionException(int status, string title, string detail) : Exception(title)
{
    /// <summary>The HTTP status that says so.</summary>
    public int Status => status;

    /// <summary>What to do.</summary>
    public string Detail => detail;
}

/// <summary>
/// Where everything that happens to incidents comes in: alerts, and what people do. Each call is one transaction, and is answered when it is on
/// disk. Doing the same twice is harmless.
/// </summary>
public sealed class IncidentDesk
{
    private readonly IncidentStore _store;
    private readonly FlapDetector _flaps;
    private readonly Intake _intake;
    private readonly Watchdog? _watchdog;

    /// <summary>Opens the desk.</summary>
    public IncidentDesk(IncidentStore store, IOptions<AlertingOptions> options, Watchdog? watchdog = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = options.Value;
        (_store, _watchdog) = (store, watchdog);
        _flaps = settings.Flaps;
        _intake = new(settings.Correlator, _flaps, settings.ReopenWindow);
    }

    /// <summary>Takes in the alerts of one notification.</summary>
    public Task ReceiveAsync(IReadOnlyList<AlertReport> reports, CancellationToken cancellationToken = default) => _store.ChangeAsync(session =>
    {
        // Ends come last: what only moves within one notification must not close its incident in between.
        foreach (var report in reports.OrderByDescending(report => report.IsFiring).ThenBy(report => report.StartsAt))
        {
            // Alertmanager takes for over what nobody repeats. What really is over by then is not known to it afterwards, which ends it.
            if (!report.IsFiring && _watchdog is { } watchdog && (watchdog.IsInDoubt || watchdog.WasSilentAt(report.EndsAt ?? session.Now)))
                Intake.Doubt(session, report);
            else
                _intake.Receive(session, report);
        }
        return true;
    }, cancellationToken);

    /// <summary>What this service says itself of those that watch.</summary>
    internal Task RaiseAsync(AlertReport report, CancellationToken cancellationToken) => _store.ChangeAsync(session =>
    {
        _intake.Receive(session, report);
        return true;
    }, cancellationToken);

    /// <summary>Whether Prometheus was ever heard.</summary>
    internal Task<bool> WasWatchdogHeardAsync(CancellationToken cancellationToken) => _store.ReadAsync(session => session.WasWatchdogHeard, cancellationToken);

    /// <summary>Keeps that Prometheus was heard, and ends what was said of its silence.</summary>
    internal Task HearWatchdogAsync(CancellationToken cancellationToken) => _store.ChangeAsync(session =>
    {
        session.KeepWatchdogHeard();
        _intake.Receive(session, MonitoringSilent.Ends(session.Now));
        return true;
    }, cancellationToken);

    /// <summary>Somebody sees to it.</summary>
    /// <exception cref="IncidentActionException">There is no such incident, or it is over.</exception>
    public Task<Incident> AcknowledgeAsync(string id, string by, CancellationToken cancellationToken = default) => ActAsync(id, (session, incident) =>
    {
        if (incident.State == IncidentState.Acknowledged)
            return;
        NeedActive(incident, "acknowledged");
        session.Note(id, "acknowledged", "Somebody sees to it", by);
        session.Save(incident with { State = IncidentState.Acknowledged, AcknowledgedAt = session.Now, AcknowledgedBy = by, UpdatedAt = session.Now });
    }, cancellationToken);

    /// <summary>Somebody is to see to it; null or empty for nobody.</summary>
    /// <exception cref="IncidentActionException">There is no such incident, or it is over.</exception>
    public Task<Incident> AssignAsync(string id, string? assignee, string by, CancellationToken cancellationToken = default) => ActAsync(id, (session, incident) =>
    {
        var next = string.IsNullOrWhiteSpace(assignee) ? null : assignee.Trim();
        if (incident.Assignee == next)
            return;
        NeedActive(incident, "assigned");
        session.Note(id, "assigned", next is null ? "Assigned to nobody" : $"Assigned to {next}", by);
        session.Save(incident with { Assignee = next, UpdatedAt = session.Now });
    }, cancellationToken);

    /// <summary>Somebody says that it is over.</summary>
    /// <exception cref="IncidentActionException">There is no such incident, or it is part of another.</exception>
    public Task<Incident> ResolveAsync(string id, string by, CancellationToken cancellationToken = default) => ActAsync(id, (session, incident) =>
    {
        if (incident.State == IncidentState.Resolved)
            return;
        NeedActive(incident, "resolved");
        Lifecycle.Resolve(session, incident, by);
    }, cancellationToken);

    /// <summary>It turned out to be part of another; the answer is the other one.</summary>
    /// <exception cref="IncidentActionException">One of the two is not there or over, or both are the same.</exception>
    public async Task<Incident> MergeAsync(string id, string into, string by, CancellationToken cancellationToken = default)
    {
        await ActAsync(id, (session, incident) =>
        {
            if (incident.State == IncidentState.Merged && incident.MergedInto == into)
                return;
            var target = Need(session, into);
            if (id == into)
                throw new IncidentActionException(StatusCodes.Status409Conflict, "An incident cannot become part of itself.", "Name another one in 'into'.");
            NeedActive(incident, "merged");
            NeedActive(target, "merged into");
            Lifecycle.Merge(session, incident, target, by, "said so");
        }, cancellationToken);
        return (await _store.FindAsync(into, cancellationToken))!;
    }

    /// <summary>Adds a line to the timeline.</summary>
    /// <exception cref="IncidentActionException">There is no such incident.</exception>
    public Task<Incident> NoteAsync(string id, string text, string by, CancellationToken cancellationToken = default) =>
        ActAsync(id, (session, _) => session.Note(id, "note", text, by), cancellationToken);

    /// <summary>Something was changed in the system.</summary>
    public Task<ChangeReport> ReportAsync(ChangeReport change, CancellationToken cancellationToken = default) => _store.ChangeAsync(session =>
    {
        var reported = change with { At = change.At?.ToUniversalTime() ?? session.Now };
        session.AddChange(reported);
        return reported;
    }, cancellationToken);

    /// <summary>What Alertmanager has now: see <see cref="Suppressions"/>. Ends what it lost, and what was held open long enough.</summary>
    internal Task LookAsync(
        IReadOnlyList<KnownAlert>? known, IReadOnlySet<string> lost, DateTimeOffset? forget, CancellationToken cancellationToken) => _store.ChangeAsync(session =>
    {
        if (known is not null)
            new Suppressions(_intake).Apply(session, known);
        foreach (var incident in session.Active())
            foreach (var alert in incident.Alerts.Where(alert => alert.Phase == AlertPhase.Firing && lost.Contains(alert.Fingerprint)))
                _intake.End(session, session.Find(incident.Id)!, alert, session.Now, "is not known to Alertmanager any more");
        foreach (var incident in session.Active())
            Lifecycle.ResolveIfOver(session, incident, _flaps);
        if (forget is { } before)
            session.Forget(before);
        return true;
    }, cancellationToken);

    private async Task<Incident> ActAsync(string id, Action<IncidentSession, Incident> act, CancellationToken cancellationToken)
    {
        await _store.ChangeAsync(session =>
        {
            act(session, Need(session, id));
            return true;
        }, cancellationToken);
        return (await _store.FindAsync(id, cancellationToken))!;
    }

    private static Incident Need(IncidentSession session, string id) => session.Find(id)
        ?? throw new IncidentActionException(StatusCodes.Status404NotFound, $"There is no incident {id}.", "GET /incidents lists those that there are.");

    private static void NeedActive(Incident incident, string what)
    {
        if (incident.State == IncidentState.Merged)
            throw new IncidentActionException(
                StatusCodes.Status409Conflict, $"Incident {incident.Id} cannot be {what}: it is part of another.", $"That one is {incident.MergedInto}.");
        if (!incident.State.IsActive())
            throw new IncidentActionException(
                StatusCodes.Status409Conflict, $"Incident {incident.Id} cannot be {what}: it is over.",
                "Notes can still be added. If it comes back, it is opened again.");
    }
}
