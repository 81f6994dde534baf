namespace AgentSystem.Alerting.Incidents;

/// <summary>
/// The parts of the system and what each needs to work. A component is <c>kind</c> or <c>kind/name</c>; needs are those of its kind.
/// </summary>
internal static class Topology
{
    internal const string Worker = "worker", Orchestrator = "orchestrator", Model = "model", Disk = "disk", Machine = "machine", Monitoring = "monitoring";

    // Who works needs what is to the right of it. What only watches needs the machine, and nobody needs it.
    private static readonly Dictionary<string, string[]> Needs = new()
    {
        [Worker] = [Orchestrator, Model, Disk, Machine],
        [Orchestrator] = [Disk, Machine],
        [Model] = [],
        [Disk] = [Machine],
        [Machine] = [],
        [Monitoring] = [Machine],
    };

    private static readonly string[] Watchers =
        ["prometheus", "alertmanager", "alerting", "grafana", "loki", "jaeger", "otel-collector", "alloy", "telemetry-store", "console", "node-exporter"];

    /// <summary>The part that an alert is about, from its labels; an alert that points nowhere is about a part of its own name.</summary>
    internal static string ComponentOf(IReadOnlyDictionary<string, string> labels)
    {
        var name = labels.GetValueOrDefault("alertname", "");
        if (labels.GetValueOrDefault("worker") is { Length: > 0 } worker)
            return $"{Worker}/{worker}";
        if (name.StartsWith("Claude", StringComparison.Ordinal))
            return Model;
        if (labels.ContainsKey("mountpoint") || name.StartsWith("Disk", StringComparison.Ordinal))
            return Disk;
        var job = labels.GetValueOrDefault("job", "");
        if (job == Orchestrator || name.StartsWith("Orchestrator", StringComparison.Ordinal))
            return Orchestrator;
        if (job is "node" or "machine" || name is "HighMemoryUsage" or "HighCPUUsage")
            return Machine;
        if (Watchers.Contains(job))
            return $"{Monitoring}/{job}";
        if (name == MonitoringSilent.Name)
            return Monitoring;
        return name;
    }

    /// <summary>
    /// Whether <paramref name="component"/> cannot work without <paramref name="other"/>. That nothing is heard of the monitoring as a whole is never put down
    /// to something that was heard of.
    /// </summary>
    internal static bool DependsOn(string component, string other) =>
        component != Monitoring && Needs.TryGetValue(KindOf(component), out var needs) && needs.Contains(KindOf(other)) && component != other;

    /// <summary>Whether there is anything that cannot work without this.</summary>
    internal static bool IsNeeded(string component) => Needs.Values.Any(needs => needs.Contains(KindOf(component)));

    /// <summary>What all of these need, the nearest first.</summary>
    internal static IReadOnlyList<string> SharedNeeds(IEnumerable<string> components)
    {
        IEnumerable<string>? shared = null;
        foreach (var needs in components.Select(component => Needs.GetValueOrDefault(KindOf(component), [])))
            shared = shared is null ? needs : shared.Intersect(needs);
        return [.. shared ?? []];
    }

    /// <summary>A component as people call it.</summary>
    internal static string Describe(string component) => component.Split('/', 2) switch
    {
        [Worker, var name] => $"the worker {name}",
        [Monitoring, var name] => name,
        [Model] => "the Claude API",
        [Orchestrator or Disk or Machine or Monitoring] => $"the {component}",
        _ => component,
    };

    private static string KindOf(string component) => component.Split('/', 2)[0];
}
