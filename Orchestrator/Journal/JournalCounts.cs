using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>Unsettled tasks by worker and state, kept along with every commit so that nobody has to count rows. Safe for concurrent use.</summary>
public sealed class JournalCounts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Worker, TaskState State), int> _counts = [];
    private int _unsettled;

    /// <summary>All unsettled tasks.</summary>
    public int Unsettled
    {
        get
        {
            lock (_gate)
                return _unsettled;
        }
    }

    /// <summary>Tasks of <paramref name="worker"/> in one of the <paramref name="states"/>.</summary>
    public int Of(string worker, params ReadOnlySpan<TaskState> states)
    {
        lock (_gate)
        {
            var sum = 0;
            foreach (var state in states)
                sum += _counts.GetValueOrDefault((worker, state));
            return sum;
        }
    }

    /// <summary>The worker's unsettled tasks.</summary>
    public int Load(string worker) => Of(worker, TaskState.Pending, TaskState.Ready, TaskState.Active, TaskState.Retrying);

    internal void Reset(IEnumerable<(string Worker, TaskState State, int Count)> counts)
    {
        lock (_gate)
        {
            _counts.Clear();
            _unsettled = 0;
            foreach (var (worker, state, count) in counts)
                Add(worker, state, count);
        }
    }

    internal void Apply(IReadOnlyList<(string Worker, TaskState State, int Change)> changes)
    {
        lock (_gate)
            foreach (var (worker, state, change) in changes)
                Add(worker, state, change);
    }

    private void Add(string worker, TaskState state, int change)
    {
        if (state.IsSettled())
            return;
        _counts[(worker, state)] = _counts.GetValueOrDefault((worker, state)) + change;
        _unsettled += change;
    }
}
