using System.Collections.Concurrent;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Remembers since when each backend does not answer, for all pages alike.</summary>
public sealed class BackendHealth(TimeProvider time)
{
    private readonly ConcurrentDictionary<Backend, DateTimeOffset> _downSince = new();

    /// <summary>The backends that do not answer, and since when (UTC).</summary>
    public IReadOnlyDictionary<Backend, DateTimeOffset> Down => _downSince;

    internal void Answered(Backend backend) => _downSince.TryRemove(backend, out _);

    internal DateTimeOffset Failed(Backend backend) => _downSince.GetOrAdd(backend, _ => time.GetUtcNow());
}
