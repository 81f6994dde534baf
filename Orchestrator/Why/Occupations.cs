using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why;

/// <summary>Works out when a worker had other tasks under way, from their last attempts and from the events of the time.</summary>
internal static class Occupations
{
    internal static IReadOnlyList<Occupation> Of(
        string worker, IReadOnlyList<LastAttempt> attempts, IReadOnlyList<TaskEvent> meanwhile, DateTimeOffset from, DateTimeOffset to)
    {
        var occupations = new List<Occupation>();
        var open = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var e in meanwhile.Where(e => e.Worker == worker))
        {
            if (e.Event == "active")
                open[e.TaskId] = e.At;
            else if (open.Remove(e.TaskId, out var since))
                Add(e.TaskId, since, e.At);
            else if (!seen.Contains(e.TaskId) && e.Event is "completed" or "retrying")
                // It ended and we did not see it begin: it was under way before, or too short to be seen.
                Add(e.TaskId, attempts.FirstOrDefault(a => a.TaskId == e.TaskId && e.Event == "completed")?.StartedAt ?? from, e.At);
            seen.Add(e.TaskId);
        }
        foreach (var (id, since) in open)
            Add(id, since, to);
        foreach (var attempt in attempts.Where(a => !seen.Contains(a.TaskId)))
            Add(attempt.TaskId, attempt.StartedAt, attempt.FinishedAt ?? to);
        return occupations;

        void Add(string id, DateTimeOffset since, DateTimeOffset until)
        {
            (since, until) = (since < from ? from : since, until > to ? to : until);
            if (since < until)
                occupations.Add(new(id, since, until));
        }
    }
}
