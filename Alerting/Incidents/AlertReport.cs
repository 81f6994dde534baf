using AgentSystem.Protocol.Api;

namespace AgentSystem.Alerting.Incidents;

/// <summary>What one delivery says of one alert.</summary>
/// <param name="Fingerprint">Alertmanager's hash of the labels.</param>
/// <param name="IsFiring">Whether the condition holds.</param>
/// <param name="Labels">Has <c>alertname</c>.</param>
/// <param name="Annotations">What is said about it.</param>
/// <param name="StartsAt">When it began (UTC).</param>
/// <param name="EndsAt">When it ended (UTC), where that is known.</param>
/// <param name="GeneratorUrl">The expression.</param>
/// <param name="Receiver">By which receiver of Alertmanager it came.</param>
public sealed record AlertReport(
    string Fingerprint, bool IsFiring, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations,
    DateTimeOffset StartsAt, DateTimeOffset? EndsAt, string? GeneratorUrl, string Receiver)
{
    /// <summary>The receiver for what is only recorded: warnings outside working hours, and what Alertmanager pages for by itself.</summary>
    public const string RecordReceiver = "record";

    /// <summary>The alert's name.</summary>
    public string Name => Labels["alertname"];

    /// <summary>How much this delivery says that it matters: of what is only recorded nobody is told.</summary>
    public AlertSeverity Severity => Labels.GetValueOrDefault("severity") switch
    {
        _ when Receiver == RecordReceiver => AlertSeverity.Info,
        "critical" => AlertSeverity.Critical,
        "warning" => AlertSeverity.Warning,
        _ => AlertSeverity.Info,
    };

    /// <summary>Whether something is wrong. An alert of the severity <c>none</c> always fires, to show that alerts get through.</summary>
    public bool TellsOfFault => Labels.GetValueOrDefault("severity") != "none";

    /// <summary>The alert that this is the first word of.</summary>
    internal IncidentAlert ToAlert() => new()
    {
        Fingerprint = Fingerprint,
        Name = Name,
        Phase = AlertPhase.Firing,
        Severity = Severity,
        Labels = Labels,
        Annotations = Annotations,
        Component = Topology.ComponentOf(Labels),
        StartsAt = StartsAt,
        GeneratorUrl = GeneratorUrl,
        Deliveries = 1,
        Changes = [StartsAt],
    };
}
