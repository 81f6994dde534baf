using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Overview;

/// <summary>Somebody in the picture.</summary>
/// <param name="Name">Its resource's name.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="State">Its state as a word.</param>
/// <param name="Tone">What that means.</param>
/// <param name="Detail">What it does now; may be empty.</param>
/// <param name="Href">Where to look further.</param>
public sealed record TopologyNode(string Name, string Title, string State, Tone Tone, string Detail, string Href);

/// <summary>Who talks to whom.</summary>
/// <param name="From">Who begins.</param>
/// <param name="To">Whom.</param>
/// <param name="Says">What about.</param>
/// <param name="IsWork">Whether it is the work itself; else it is about watching it.</param>
public sealed record TopologyEdge(string From, string To, string Says, bool IsWork);

/// <summary>What is known when the picture is made.</summary>
/// <param name="Workers">The workers; null while the orchestrator does not answer.</param>
/// <param name="OrchestratorIsDown">Whether it does not answer.</param>
/// <param name="Up">Prometheus's targets by job; null while Prometheus does not answer.</param>
/// <param name="PrometheusIsDown">Whether it does not answer.</param>
/// <param name="FiringAlerts">How many; null while Alertmanager does not answer.</param>
/// <param name="AlertmanagerIsDown">Whether it does not answer.</param>
public sealed record TopologyFacts(
    IReadOnlyList<WorkerView>? Workers, bool OrchestratorIsDown, IReadOnlyDictionary<string, bool>? Up, bool PrometheusIsDown, int? FiringAlerts,
    bool AlertmanagerIsDown);

/// <summary>The system as a picture: its nodes by their state, and who talks to whom.</summary>
/// <param name="Nodes">Everybody.</param>
/// <param name="Edges">Only between nodes that are there.</param>
public sealed record Topology(IReadOnlyList<TopologyNode> Nodes, IReadOnlyList<TopologyEdge> Edges)
{
    /// <summary>Where a person comes in.</summary>
    public const string You = "you";

    // As resource, job of its metrics, and name for people; these are there only where this run has them.
    private static readonly (string Name, string Title)[] Optional =
    [
        ("otel-collector", "Collector"), ("jaeger", "Jaeger"), ("loki", "Loki"), ("telemetry-store", "Telemetry store"), ("alerting", "Alerting"), ("grafana", "Grafana"),
    ];

    /// <summary>Makes the picture.</summary>
    public static Topology Of(TopologyFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var workers = facts.Workers ?? [];
        var nodes = new List<TopologyNode>
        {
            new(You, "You", "agentctl, HTTP", Tone.Off, "hand in tasks", "/tasks/new"),
            Node("orchestrator", "Orchestrator", facts.OrchestratorIsDown, facts.Workers is not null, Waiting(workers), "/tasks"),
        };
        nodes.AddRange(workers.Select(Worker));
        nodes.Add(Node("prometheus", "Prometheus", facts.PrometheusIsDown, facts.Up is not null, Targets(facts.Up), "/dashboards"));
        nodes.Add(Node("alertmanager", "Alertmanager", facts.AlertmanagerIsDown, facts.FiringAlerts is not null, Firing(facts.FiringAlerts), "/alerts"));
        nodes.AddRange(Optional.Where(o => facts.Up?.ContainsKey(o.Name) == true)
            .Select(o => Node(o.Name, o.Title, !facts.Up![o.Name], true, "", Page(o.Name))));
        var names = nodes.Select(node => node.Name).ToHashSet();
        return new(nodes, [.. AllEdges(workers.Select(worker => worker.Name)).Where(edge => names.Contains(edge.From) && names.Contains(edge.To))]);
    }

    private static IEnumerable<TopologyEdge> AllEdges(IEnumerable<string> workers)
    {
        yield return new(You, "orchestrator", "tasks", true);
        foreach (var worker in workers)
        {
            yield return new("orchestrator", worker, "task files, status", true);
            yield return new(worker, "telemetry-store", "traces, logs", false);
            yield return new(worker, "otel-collector", "traces, logs", false);
        }
        yield return new("otel-collector", "jaeger", "traces", false);
        yield return new("otel-collector", "loki", "logs", false);
        yield return new("prometheus", "orchestrator", "metrics", false);
        yield return new("prometheus", "alertmanager", "alerts", false);
        yield return new("alertmanager", "alerting", "notifications", false);
    }

    private static TopologyNode Node(string name, string title, bool isDown, bool isKnown, string detail, string href) =>
        isDown ? new(name, title, "Down", Tone.Bad, "", href)
        : isKnown ? new(name, title, "Healthy", Tone.Good, detail, href)
        : new(name, title, "Unknown", Tone.Waiting, "", href);

    private static TopologyNode Worker(WorkerView worker)
    {
        var waiting = worker.Ready + worker.Pending;
        var detail = $"{worker.Active} active, {Numbers.Count(waiting)} waiting";
        var (state, tone) = !worker.Alive ? ("Gone", Tone.Bad)
            : worker.Instances.All(instance => instance.Draining) ? ("Draining", Tone.Warning)
            : worker.Active > 0 ? ("Working", Tone.Busy)
            : ("Idle", Tone.Good);
        return new(worker.Name, worker.Instances.Count > 1 ? $"{worker.Name} ×{worker.Instances.Count}" : worker.Name, state, tone, detail, $"/tasks?worker={worker.Name}");
    }

    private static string Waiting(IReadOnlyList<WorkerView> workers) => $"{Numbers.Count(workers.Sum(worker => worker.Ready + worker.Pending))} tasks waiting";

    private static string Targets(IReadOnlyDictionary<string, bool>? up) => up is null ? "" : $"{up.Count(job => job.Value)} of {up.Count} jobs up";

    private static string Firing(int? firing) => firing switch { null => "", 0 => "no alert", 1 => "1 alert", _ => $"{firing} alerts" };

    private static string Page(string name) => name switch { "jaeger" or "telemetry-store" => "/traces", "loki" => "/logs", "alerting" => "/alerts", _ => "/resources" };
}
