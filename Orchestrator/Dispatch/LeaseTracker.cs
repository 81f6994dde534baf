namespace AgentSystem.Orchestrator.Dispatch;

/// <summary>
/// Judges claims by watching their files' modification times change on our own clock, so that clocks need not agree.
/// Used by the dispatcher alone.
/// </summary>
public sealed class LeaseTracker(TimeProvider time)
{
    private readonly Dictionary<(string Id, int Attempt), (DateTime Modified, long Since)> _leases = [];

    /// <summary>Notes the file's modification time; true when it has not changed for longer than <paramref name="lease"/>.</summary>
    public bool HasExpired(string id, int attempt, DateTime modified, TimeSpan lease)
    {
        if (_leases.TryGetValue((id, attempt), out var seen) && seen.Modified == modified)
            return time.GetElapsedTime(seen.Since) > lease;
        _leases[(id, attempt)] = (modified, time.GetTimestamp());
        return false;
    }

    /// <summary>Forgets all claims but these.</summary>
    public void KeepOnly(IReadOnlySet<(string Id, int Attempt)> claims)
    {
        foreach (var gone in _leases.Keys.Where(k => !claims.Contains(k)).ToList())
            _leases.Remove(gone);
    }
}
