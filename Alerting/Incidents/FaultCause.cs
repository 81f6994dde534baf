using System.Globalization;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// Whether an incident comes of a fault that somebody injected on purpose. What the alerts alone say stays among the reasons: it is what people
/// would have had to go by if it had not been on purpose.
/// </summary>
internal static class FaultCause
{
    // A rule looks at up to 15 minutes, and an alert of what is over may still begin so much later.
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(15);

    /// <summary>The fault as the cause, or null when none fits.</summary>
    internal static ProbableCause? Find(IReadOnlyList<IncidentAlert> all, IReadOnlyList<InjectedFault> faults, ProbableCause withoutIt)
    {
        // An incident that was opened again has alerts of what was before: they say nothing of what is now.
        var alerts = all.Where(alert => alert.Phase != AlertPhase.Resolved).ToList() is { Count: > 0 } current ? current : all;
        var began = alerts.Min(alert => alert.StartsAt);
        var candidates =
            from fault in faults
            let kind = FaultCatalog.Find(fault.Fault)
            where kind is not null && fault.StartedAt <= began && began <= (fault.EndedAt ?? DateTimeOffset.MaxValue - Aftermath) + Aftermath
            let components = Components(fault, kind)
            let telling = alerts.Where(alert => kind.MayRaise(alert.Name) && components.Any(component => Concerns(alert.Component, component, kind))).ToList()
            where telling.Count > 0
            // One that was there goes before the aftermath of another, even if the alert is what that other one raises.
            orderby fault.EndedAt is null || fault.EndedAt >= began descending, telling.Any(alert => alert.Name == kind.Raises) descending, fault.StartedAt descending
            select (fault, kind, told: telling.OrderBy(alert => alert.Name != kind.Raises).ThenBy(alert => alert.StartsAt).First());
        if (candidates.FirstOrDefault() is not { fault: { } injected } found)
            return null;
        var part = injected.Worker is { } worker ? $"{Topology.Worker}/{worker}" : found.told.Component;
        return new(
            $"The fault {injected.Fault}, injected into {NameOf(injected, found.kind)}", part,
            withoutIt.Fingerprint is null ? null : found.told.Fingerprint,
            [
                string.Create(CultureInfo.InvariantCulture, $"Injected on purpose by {injected.By} at {injected.StartedAt:yyyy-MM-dd HH:mm:ss} UTC, ")
                    + $"{RootCause.Span(began - injected.StartedAt)} before it began.",
                found.told.Name == found.kind.Raises ? $"{found.told.Name} is what this fault raises." : $"{found.told.Name} may come with this fault.",
                $"Without that knowledge: {withoutIt.Text}. {string.Join(' ', withoutIt.Reasons)}",
            ]);
    }

    private static string NameOf(InjectedFault fault, FaultKind kind) => kind.Target switch
    {
        FaultTarget.Worker or FaultTarget.Model => fault.Worker is { } worker ? $"the worker {worker}" : "all workers",
        FaultTarget.Disk => "the disk of the shared volume",
        _ => "the telemetry store",
    };

    private static IReadOnlyList<string> Components(InjectedFault fault, FaultKind kind) => kind.Target switch
    {
        FaultTarget.Worker => [fault.Worker is { } worker ? $"{Topology.Worker}/{worker}" : Topology.Worker],
        FaultTarget.Model => [Topology.Model, fault.Worker is { } worker ? $"{Topology.Worker}/{worker}" : Topology.Worker],
        FaultTarget.Disk => [Topology.Disk, Topology.Worker, Topology.Orchestrator],
        _ => [Topology.Monitoring],
    };

    // A kind stands for all parts of that kind. What watches the whole is about no part, and says so by its name alone.
    private static bool Concerns(string component, string part, FaultKind kind) =>
        component == part || component.StartsWith(part + "/", StringComparison.Ordinal) || kind.Target == FaultTarget.Telemetry || component == Topology.Machine;
}
