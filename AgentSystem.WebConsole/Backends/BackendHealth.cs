using System.Collections.Concurrent;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Remembers since when each backend does not answer, for all pages alike.</summary>
public sealed class BackendHealth(TimeProvider time)
{
    private readonly ConcurrentDictionary<Backend, Outage> _outages = new();

    /// <summary>The backends that do not answer now, and since when (UTC).</summary>
    // A copy: what others add or remove must not happen while somebody reads.
    public IReadOnlyDictionary<Backend, DateTimeOffset> Down => _outages.ToArray().ToDictionary(outage => outage.Key, outage => outage.Value.Since);

    internal void Answered(Backend backend) => _outages.TryRemove(backend, out _);

    internal DateTimeOffset Failed(Backend backend)
    {
        var now = time.GetUtcNow();
        return _outages.AddOrUpdate(backend, _ => new(now, now), (_, before) => before with { Last = now }).Since;
    }

    /// <summary>Whether somebody was not answered within this time.</summary>
    internal bool HasFailedWithin(Backend backend, TimeSpan length) =>
        _outages.TryGetValue(backend, out var outage) && time.GetUtcNow() - outage.Last < length;

    private sealed record Outage(DateTimeOffset Since, DateTimeOffset Last);
}
