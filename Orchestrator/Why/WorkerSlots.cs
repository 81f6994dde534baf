namespace AgentSystem.Orchestrator.Why;

/// <summary>Whether a worker had a slot free, by what else it had under way and how many slots it has.</summary>
internal sealed class WorkerSlots
{
    private readonly string _worker;
    private readonly List<(DateTimeOffset At, int Change)> _changes;
    private readonly int _slots;

    internal WorkerSlots(string worker, Surroundings around)
    {
        _worker = worker;
        _changes = [.. around.Running.SelectMany(o => new[] { (o.From, 1), (o.To, -1) }).OrderBy(c => c.Item1).ThenBy(c => c.Item2)];
        // Whose processes are gone cannot say how many slots it had; it had at least as many as were taken at once.
        _slots = around.Instances.Count > 0 ? around.Instances.Sum(i => i.Concurrency) : MostAtOnce();
    }

    /// <summary>Stretches from one moment to another: the end of each, and whether every slot was taken.</summary>
    internal IEnumerable<(DateTimeOffset Until, bool IsFull)> Between(string worker, DateTimeOffset from, DateTimeOffset to)
    {
        var running = 0;
        foreach (var (at, change) in worker == _worker ? _changes : [])
        {
            if (at >= to)
                break;
            if (at > from)
                yield return (at, running >= _slots);
            running += change;
        }
        yield return (to, running >= _slots);
    }

    private int MostAtOnce()
    {
        var (running, most) = (0, 1);
        foreach (var (_, change) in _changes)
            most = Math.Max(most, running += change);
        return most;
    }
}
