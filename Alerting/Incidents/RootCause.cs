using System.Globalization;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// Which of an incident's alerts tells of the cause, and why: first what others need, then what began first, then what is worst. Where the same
/// alert fires on several parts and none of them needs another, what they share is suspected.
/// </summary>
internal static class RootCause
{
    // How long before an incident a change is remembered.
    internal static readonly TimeSpan ChangeWindow = TimeSpan.FromMinutes(30);

    // Who reads a sentence needs no more.
    private const int MostNames = 5;

    internal static ProbableCause Find(
        IReadOnlyList<IncidentAlert> alerts, IReadOnlyList<ChangeReport> changes, IReadOnlyList<InjectedFault>? faults = null)
    {
        var cause = FindAmong(alerts, changes);
        return FaultCause.Find(alerts, faults ?? [], cause) ?? cause;
    }

    private static ProbableCause FindAmong(IReadOnlyList<IncidentAlert> alerts, IReadOnlyList<ChangeReport> changes)
    {
        var told = alerts.Where(alert => alert.Phase != AlertPhase.Suppressed).ToList();
        if (told.Count == 0)
            told = [.. alerts];
        var first = told
            .OrderByDescending(alert => Dependents(alert, alerts).Count())
            .ThenBy(alert => alert.StartsAt).ThenByDescending(alert => alert.Severity).ThenBy(alert => alert.Fingerprint, StringComparer.Ordinal)
            .First();
        return Shared(first, told, alerts, changes) ?? Single(first, told, alerts, changes);
    }

    private static ProbableCause Single(
        IncidentAlert cause, List<IncidentAlert> told, IReadOnlyList<IncidentAlert> all, IReadOnlyList<ChangeReport> changes)
    {
        var reasons = new List<string>();
        if (Dependents(cause, all).ToList() is { Count: > 0 } dependents)
            reasons.Add($"{Enumerate(dependents.Select(Topology.Describe))} {(dependents.Count == 1 ? "needs" : "need")} {Topology.Describe(cause.Component)}.");
        if (told.Where(alert => alert != cause).MinBy(alert => alert.StartsAt) is { } next && next.StartsAt > cause.StartsAt)
            reasons.Add($"It began first, {Span(next.StartsAt - cause.StartsAt)} before {next.Name}.");
        if (told.Count > 1 && told.All(alert => alert == cause || alert.Severity < cause.Severity))
            reasons.Add($"It is the only one that is {cause.Severity.ToName()}.");
        if (all.Count(alert => alert.SuppressedBy.Any(by => by.Id == cause.Fingerprint)) is > 0 and var kept)
            reasons.Add($"It keeps {(kept == 1 ? "another alert" : $"{kept} other alerts")} from being told.");
        if (reasons.Count == 0)
            reasons.Add(told.Count == 1 ? "It is the only alert." : "It began as early as any other, and nothing points elsewhere.");
        reasons.AddRange(Before(told, changes));
        return new($"{cause.Name} of {Topology.Describe(cause.Component)}", cause.Component, cause.Fingerprint, reasons);
    }

    /// <summary>Several of a kind, with nothing among them that explains the others.</summary>
    private static ProbableCause? Shared(
        IncidentAlert first, List<IncidentAlert> told, IReadOnlyList<IncidentAlert> all, IReadOnlyList<ChangeReport> changes)
    {
        var peers = told.Where(alert => alert.Name == first.Name).ToList();
        var components = peers.Select(alert => alert.Component).Distinct().ToList();
        if (components.Count < 2 || Dependents(first, all).Any() || Topology.SharedNeeds(components) is not { Count: > 0 } needs)
            return null;
        var between = peers.Max(alert => alert.StartsAt) - peers.Min(alert => alert.StartsAt);
        List<string> reasons =
        [
            $"{first.Name} fires for {Enumerate(components.Select(Topology.Describe))}, "
                + $"{(between < TimeSpan.FromSeconds(1) ? "all at once" : $"within {Span(between)}")}.",
            $"All of them need {Enumerate(needs.Select(Topology.Describe))}, of which no alert tells.",
            .. Before(told, changes),
        ];
        return new($"Something that {components.Count} parts share, such as {Topology.Describe(needs[0])}", needs[0], null, reasons);
    }

    private static IEnumerable<string> Before(List<IncidentAlert> told, IReadOnlyList<ChangeReport> changes)
    {
        var began = told.Min(alert => alert.StartsAt);
        return changes.Where(change => change.At <= began && began - change.At <= ChangeWindow).OrderByDescending(change => change.At).Take(3)
            .Select(change => $"{Span(began - change.At!.Value)} before it began, something was changed: "
                + $"{change.Summary}{(change.Source is null ? "" : $" ({change.Source})")}.");
    }

    private static IEnumerable<string> Dependents(IncidentAlert alert, IEnumerable<IncidentAlert> all) =>
        Topology.IsNeeded(alert.Component)
            ? all.Select(other => other.Component).Distinct().Where(component => Topology.DependsOn(component, alert.Component))
            : [];

    internal static string Enumerate(IEnumerable<string> names)
    {
        var list = names.Distinct().ToList();
        return list.Count switch
        {
            0 => "",
            1 => list[0],
            > MostNames => $"{string.Join(", ", list.Take(MostNames - 1))} and {list.Count - MostNames + 1} others",
            _ => $"{string.Join(", ", list.Take(list.Count - 1))} and {list[^1]}",
        };
    }

    internal static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "less than a second",
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h"),
    };
}
