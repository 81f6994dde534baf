using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Configuration;

/// <summary>Which workers there are and which task types each of them does.</summary>
public sealed class WorkerCatalog
{
    private static readonly string[] DefaultWorkers = ["marie", "anga", "fabien"];
    private readonly Dictionary<string, IReadOnlySet<string>> _typesOf;

    /// <summary>Reads the configured workers.</summary>
    public WorkerCatalog(IOptions<OrchestratorOptions> options)
    {
        var configured = options.Value.Workers;
        _typesOf = configured.Count == 0
            ? DefaultWorkers.ToDictionary(name => name, _ => (IReadOnlySet<string>)Parse("*"))
            : configured.ToDictionary(w => w.Key, w => (IReadOnlySet<string>)Parse(w.Value));
        Names = [.. _typesOf.Keys.Order(StringComparer.Ordinal)];
        Types = [.. _typesOf.Values.SelectMany(t => t).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The workers' names, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Every task type that some worker does, sorted.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>Whether there is such a worker.</summary>
    public bool Knows(string worker) => _typesOf.ContainsKey(worker);

    /// <summary>Whether <paramref name="worker"/> does tasks of this type.</summary>
    public bool Does(string worker, string type) => _typesOf.TryGetValue(worker, out var types) && types.Contains(type);

    /// <summary>The workers that do tasks of this type.</summary>
    public IEnumerable<string> WorkersFor(string type) => Names.Where(w => _typesOf[w].Contains(type));

    private static HashSet<string> Parse(string types) => types
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .SelectMany(t => t == "*" ? OrchestratorOptions.DefaultTypes : [t])
        .ToHashSet(StringComparer.Ordinal);
}
