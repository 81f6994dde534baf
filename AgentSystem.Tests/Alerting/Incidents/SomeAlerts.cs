using AgentSystem.Alerting.Incidents;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Alerting.Incidents;

/// <summary>Alerts for tests; times are seconds after <see cref="Start"/>.</summary>
internal static class SomeAlerts
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 19, 28, 39, TimeSpan.Zero);

    public static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    public static AlertReport Firing(string name, string? worker = null, string severity = "critical", double at = 0, string receiver = "pages-platform", string? summary = null, string? job = null) =>
        new(Fingerprint(name, worker), true, Labels(name, worker, severity, job), summary is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["summary"] = summary }, At(at), null, null, receiver);

    public static AlertReport Ended(string name, string? worker = null, string severity = "critical", double at = 0, double end = 60, string receiver = "pages-platform", string? job = null) =>
        Firing(name, worker, severity, at, receiver, job: job) with { IsFiring = false, EndsAt = At(end) };

    public static string Fingerprint(string name, string? worker) => $"{name}-{worker}";

    public static IncidentAlert Alert(string name, string? worker = null, string severity = "critical", double at = 0, string? job = null) =>
        Firing(name, worker, severity, at, job: job).ToAlert();

    private static Dictionary<string, string> Labels(string name, string? worker, string severity, string? job)
    {
        var labels = new Dictionary<string, string> { ["alertname"] = name, ["severity"] = severity, ["team"] = "platform" };
        if (worker is not null)
            labels["worker"] = worker;
        if (job is not null)
            labels["job"] = job;
        return labels;
    }
}
