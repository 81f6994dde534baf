using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Why;

/// <summary>What else went on while the task lived.</summary>
internal static class Coincidences
{
    private const int Named = 5;

    /// <summary>Tasks that the worker had under way while this one waited for it, or at any time of its life when it did not wait.</summary>
    internal static IReadOnlyList<string> Beside(TaskCase given)
    {
        var claimed = given.Life.FirstOrDefault(e => e.Event == "active")?.At ?? given.To;
        var all = given.Around.Running;
        var before = all.Where(o => o.From < claimed).Select(o => o.TaskId).Distinct().ToList();
        return before.Count > 0 ? before : [.. all.Select(o => o.TaskId).Distinct()];
    }

    internal static IReadOnlyList<Coincidence> Of(TaskCase given)
    {
        var (worker, around) = (given.Task.Worker, given.Around);
        var found = new List<Coincidence>();
        Add("running", null, [.. around.Running.Select(o => o.TaskId).Distinct()], n => $"{worker} worked on {Words.Count(n, "other task")}");
        if (around.Ahead > 0)
            found.Add(new("queued", around.Ahead, given.Task.CreatedAt, $"{worker} had {Words.Count(around.Ahead, "task")} to do when this one came", []));

        var failed = around.Meanwhile.Where(e => e.Event is "retrying" or "dead").ToList();
        var lost = failed.FindAll(e => e.Message?.StartsWith("lease_expired", StringComparison.Ordinal) == true);
        AddEvents("leases_lost", lost, n => $"{Words.Count(n, "lease")} ran out, because {Names(lost)} gave no sign of life");
        var others = failed.Except(lost).ToList();
        AddEvents("retries", others, n => $"{Words.Count(n, "attempt")} at other tasks failed, with {Names(others)}");
        var back = PutBack(given);
        AddEvents("put_back", back, n => $"{Words.Count(n, "task")} went back unfinished, from {Names(back)}");

        foreach (var instance in around.Instances.Where(i => i.StartedAt > given.Task.CreatedAt && i.StartedAt < given.To))
            found.Add(new("worker_started", 1, instance.StartedAt, $"a process of {worker} started at {Words.Clock(instance.StartedAt)}", []));
        if (around.Instances.Count == 0 && !given.Task.State.IsSettled())
            found.Add(new("worker_gone", 1, null, $"no process of {worker} is there now", []));
        if (around.OrchestratorStart > given.Task.CreatedAt && around.OrchestratorStart < given.To)
            found.Add(new("orchestrator_started", 1, around.OrchestratorStart, $"the orchestrator started at {Words.Clock(around.OrchestratorStart)}", []));
        return found;

        void AddEvents(string kind, List<TaskEvent> events, Func<int, string> text) =>
            Add(kind, events.FirstOrDefault()?.At, [.. events.Select(e => e.TaskId).Distinct()], _ => text(events.Count));

        void Add(string kind, DateTimeOffset? at, IReadOnlyList<string> tasks, Func<int, string> text)
        {
            if (tasks.Count > 0)
                found.Add(new(kind, tasks.Count, at, text(tasks.Count), [.. tasks.Take(Named)]));
        }
    }

    private static string Names(IEnumerable<TaskEvent> events) => string.Join(", ", events.Select(e => e.Worker).Distinct().Order(StringComparer.Ordinal));

    /// <summary>A task that was active and lies in the folder again: its worker stops.</summary>
    private static List<TaskEvent> PutBack(TaskCase given)
    {
        var active = new HashSet<string>(StringComparer.Ordinal);
        var back = new List<TaskEvent>();
        foreach (var e in given.Around.Meanwhile)
        {
            if (e.Event == "ready" && active.Contains(e.TaskId))
                back.Add(e);
            if (e.Event == "active")
                active.Add(e.TaskId);
            else
                active.Remove(e.TaskId);
        }
        return back;
    }
}
