using System.Collections.Concurrent;

namespace AgentSystem.Orchestrator.Status;

/// <summary>What was last said about each active task. For display only; it is forgotten with the process.</summary>
public sealed class ProgressBoard
{
    // A line of a task that was settled meanwhile leaves an entry that nobody takes away.
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, (double? Progress, string? Message)> _entries = [];

    /// <summary>Notes what a status line said; what it left out stays as it was.</summary>
    public void Set(string taskId, double? progress, string? message)
    {
        if (_entries.Count >= MaxEntries)
            _entries.Clear();
        _entries.AddOrUpdate(taskId, (progress, message), (_, last) => (progress ?? last.Progress, message ?? last.Message));
    }

    /// <summary>What was last said about the task.</summary>
    public (double? Progress, string? Message) Get(string taskId) => _entries.GetValueOrDefault(taskId);
}
