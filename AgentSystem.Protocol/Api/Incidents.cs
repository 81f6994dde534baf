using System.Text.Json.Serialization;

namespace AgentSystem.Protocol.Api;

/// <summary>Where an incident is in its life.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<IncidentState>))]
public enum IncidentState
{
    /// <summary>Something is wrong, and nobody has said that they see to it.</summary>
    Open,
    /// <summary>Somebody sees to it.</summary>
    Acknowledged,
    /// <summary>It is over.</summary>
    Resolved,
    /// <summary>It turned out to be part of another incident, which has its alerts now.</summary>
    Merged,
}

/// <summary>How much an alert or an incident matters, the least first.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<AlertSeverity>))]
public enum AlertSeverity
{
    /// <summary>Recorded; nobody is told.</summary>
    Info,
    /// <summary>Told in the chat.</summary>
    Warning,
    /// <summary>Somebody is paged.</summary>
    Critical,
}

/// <summary>How an alert is.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<AlertPhase>))]
public enum AlertPhase
{
    /// <summary>Its condition holds.</summary>
    Firing,
    /// <summary>Its condition held and no longer does.</summary>
    Resolved,
    /// <summary>Its condition holds, and something keeps it from being told.</summary>
    Suppressed,
}

/// <summary>What keeps an alert from being told.</summary>
/// <param name="Kind"><c>alert</c> (an inhibition) or <c>silence</c>.</param>
/// <param name="Id">The other alert's fingerprint, or the silence's id.</param>
/// <param name="Name">For people.</param>
public sealed record Suppression(string Kind, string Id, string Name);

/// <summary>An alert as an incident has it.</summary>
public sealed record IncidentAlert
{
    /// <summary>Identifies the alert across its life: Alertmanager's hash of its labels.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Its <c>alertname</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How it is.</summary>
    public required AlertPhase Phase { get; init; }

    /// <summary>The worst that it was delivered as.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>What identifies it.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>What is said about it.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>The part of the system that it is about, for example <c>worker/marie</c>.</summary>
    public required string Component { get; init; }

    /// <summary>When it began to fire, the last time (UTC).</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it ended (UTC).</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The expression that made it, as a link.</summary>
    public string? GeneratorUrl { get; init; }

    /// <summary>How often Alertmanager delivered it, repetitions included.</summary>
    public int Deliveries { get; init; }

    /// <summary>Whether it begins and ends again and again.</summary>
    public bool Flapping { get; init; }

    /// <summary>When it lately began or ended (UTC), oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> Changes { get; set; } = [];

    /// <summary>What keeps it from being told.</summary>
    public IReadOnlyList<Suppression> SuppressedBy { get; set; } = [];

    /// <summary>The incident that has it; only in lists of alerts.</summary>
    public string? IncidentId { get; init; }
}

/// <summary>What probably caused an incident.</summary>
/// <param name="Text">In a sentence.</param>
/// <param name="Component">The part of the system that it is sought in; null when nothing points anywhere.</param>
/// <param name="Fingerprint">The alert that tells of it; null when what several alerts have in common is suspected.</param>
/// <param name="Reasons">Why, a sentence each, the strongest first.</param>
public sealed record ProbableCause(string Text, string? Component, string? Fingerprint, IReadOnlyList<string> Reasons);

/// <summary>Something that happened to an incident.</summary>
/// <param name="Seq">Grows by every entry.</param>
/// <param name="At">When (UTC).</param>
/// <param name="Event">A stable word: <c>opened</c>, <c>alert_joined</c>, <c>acknowledged</c>, …</param>
/// <param name="By">Who did it; null for the system itself.</param>
/// <param name="Text">For people.</param>
public sealed record TimelineEntry(long Seq, DateTimeOffset At, string Event, string? By, string Text);

/// <summary>What is wrong, once: alerts that belong together, their probable cause, and what was done about it.</summary>
public sealed record Incident
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What is wrong, in a line.</summary>
    public required string Title { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required IncidentState State { get; init; }

    /// <summary>The worst that one of its alerts ever was.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>When it was opened (UTC).</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it changed last (UTC); repetitions of alerts are no change.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When somebody said that they see to it (UTC).</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>Who said so.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>Who is to see to it.</summary>
    public string? Assignee { get; init; }

    /// <summary>When it was over (UTC).</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Who said that it is over; null when its alerts ended.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>The incident that it became part of.</summary>
    public string? MergedInto { get; init; }

    /// <summary>What probably caused it.</summary>
    public ProbableCause? Cause { get; init; }

    /// <summary>Its alerts, in the order in which they joined.</summary>
    public IReadOnlyList<IncidentAlert> Alerts { get; set; } = [];

    /// <summary>What happened, oldest first. Left out of lists.</summary>
    public IReadOnlyList<TimelineEntry> Timeline { get; set; } = [];
}

/// <summary>Answer of <c>GET /incidents</c>, newest first.</summary>
/// <param name="Incidents">The incidents.</param>
public sealed record IncidentList(IReadOnlyList<Incident> Incidents);

/// <summary>Answer of <c>GET /alerts</c>, newest first.</summary>
/// <param name="Alerts">The alerts of all incidents that are not over.</param>
public sealed record AlertList(IReadOnlyList<IncidentAlert> Alerts);

/// <summary>Body of what is done to an incident; each action needs its own fields.</summary>
public sealed record IncidentAction
{
    /// <summary>Who does it; <c>operator</c> when absent.</summary>
    public string? By { get; init; }

    /// <summary>For <c>assign</c>: who is to see to it; empty for nobody.</summary>
    public string? Assignee { get; init; }

    /// <summary>For <c>merge</c>: the incident that it becomes part of.</summary>
    public string? Into { get; init; }

    /// <summary>For <c>notes</c>: the note.</summary>
    public string? Text { get; init; }
}

/// <summary>Body of <c>POST /changes</c>: something was changed, for example deployed.</summary>
public sealed record ChangeReport
{
    /// <summary>What was changed, in a line.</summary>
    public required string Summary { get; init; }

    /// <summary>What it was changed in, for example <c>orchestrator</c>.</summary>
    public string? Source { get; init; }

    /// <summary>Where there is more about it.</summary>
    public string? Link { get; init; }

    /// <summary>When (UTC); now when absent.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>The words for the enums of incidents, and what they mean.</summary>
public static class IncidentWords
{
    /// <summary>The state as a word.</summary>
    public static string ToName(this IncidentState state) => state switch
    {
        IncidentState.Open => "open",
        IncidentState.Acknowledged => "acknowledged",
        IncidentState.Resolved => "resolved",
        _ => "merged",
    };

    /// <summary>The severity as a word.</summary>
    public static string ToName(this AlertSeverity severity) => severity switch
    {
        AlertSeverity.Critical => "critical",
        AlertSeverity.Warning => "warning",
        _ => "info",
    };

    /// <summary>The phase as a word.</summary>
    public static string ToName(this AlertPhase phase) => phase switch
    {
        AlertPhase.Firing => "firing",
        AlertPhase.Resolved => "resolved",
        _ => "suppressed",
    };

    /// <summary>Whether the incident is not over.</summary>
    public static bool IsActive(this IncidentState state) => state is IncidentState.Open or IncidentState.Acknowledged;
}
