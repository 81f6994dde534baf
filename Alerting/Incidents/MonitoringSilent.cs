namespace AgentSystem.Alerting.Incidents;

/// <summary>The alert that this service raises itself, since nobody else can: nothing is heard of Prometheus any more.</summary>
internal static class MonitoringSilent
{
    internal const string Name = "MonitoringSilent", Receiver = "alerting";

    private static readonly Dictionary<string, string> Labels = new() { ["alertname"] = Name, ["severity"] = "critical", ["team"] = "platform" };

    /// <summary>It begins now.</summary>
    /// <param name="at">The time.</param>
    /// <param name="silence">For how long nothing has been heard.</param>
    /// <param name="answers">Whether Alertmanager answers.</param>
    internal static AlertReport Begins(DateTimeOffset at, TimeSpan silence, bool answers) => Report(at, isFiring: true, new()
    {
        ["summary"] = "Nothing is heard of Prometheus any more",
        ["description"] = $"For {RootCause.Span(silence)} {Watchdog.AlertName} was not heard: "
            + (answers ? "Prometheus does not run, or does not reach Alertmanager." : "Alertmanager does not answer.")
            + " What fires now is told to nobody, and what is said to be over may not be. Start what is down; the runbook says how to find it.",
        ["dashboard_url"] = "/d/machine-and-monitoring",
        ["runbook_url"] = $"/runbooks/{Name}",
    });

    /// <summary>It is over.</summary>
    internal static AlertReport Ends(DateTimeOffset at) => Report(at, isFiring: false, []);

    private static AlertReport Report(DateTimeOffset at, bool isFiring, Dictionary<string, string> annotations) =>
        new("monitoring-silent", isFiring, Labels, annotations, at, isFiring ? null : at, null, Receiver);
}
