using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>What the journal knows about a task's past and its surroundings. Every question looks at a bounded number of rows.</summary>
public sealed partial class JournalQueries
{
    // How far from a task its neighbours are looked for, in accepted tasks and in events.
    private const int Neighbourhood = 20_000;

    /// <summary>Where the task has been, oldest first: every change of its state, and what its worker said about beginning. Without progress.</summary>
    public IReadOnlyList<TaskEvent> Life(string id) => Read(
        $"SELECT {Rows.EventColumns} FROM events WHERE task_id = $id AND event NOT IN ('progress', 'tool') ORDER BY seq", Rows.ReadEvent, ("$id", id));

    /// <summary>Completed tasks of the same type and worker that were accepted before this one, the latest first.</summary>
    public IReadOnlyList<TaskRecord> Peers(TaskRecord task, int limit) => Read(
        $"""
        SELECT {Rows.TaskColumns} FROM tasks INDEXED BY tasks_by_worker
        WHERE worker = $worker AND seq < $seq AND seq > $seq - {Neighbourhood} AND type = $type AND state = {(int)TaskState.Completed}
        ORDER BY seq DESC LIMIT $limit
        """,
        Rows.ReadTask, ("$worker", task.Worker), ("$seq", task.Seq), ("$type", task.Type), ("$limit", limit));

    /// <summary>How many tasks the worker had to do when this one was accepted.</summary>
    public int AheadOf(TaskRecord task) => Read(
        $"""
        SELECT count(*) FROM tasks
        WHERE worker = $worker AND seq < $seq AND seq > $seq - {Neighbourhood} AND (finished_at IS NULL OR finished_at > $at)
        """,
        row => row.GetInt32(0), ("$worker", task.Worker), ("$seq", task.Seq), ("$at", Rows.Time(task.CreatedAt))).Single();

    /// <summary>The last attempts of other tasks of <paramref name="worker"/> that were under way at some moment from <paramref name="from"/> to <paramref name="to"/>.</summary>
    internal IReadOnlyList<LastAttempt> RunningBeside(TaskRecord task, string worker, DateTimeOffset from, DateTimeOffset to) => Read(
        $"""
        SELECT id, started_at, finished_at FROM tasks
        WHERE worker = $worker AND seq BETWEEN $seq - {Neighbourhood} AND $seq + {Neighbourhood} AND seq <> $seq
          AND started_at <= $to AND (finished_at >= $from OR state = {(int)TaskState.Active})
        """,
        row => new LastAttempt(row.GetString(0), Rows.Time(row, 1)!.Value, Rows.Time(row, 2)),
        ("$worker", worker), ("$seq", task.Seq), ("$from", Rows.Time(from)), ("$to", Rows.Time(to)));

    /// <summary>Changes of other tasks' states between two events, oldest first.</summary>
    public IReadOnlyList<TaskEvent> Meanwhile(string id, long firstSeq, long lastSeq) => Read(
        $"""
        SELECT {Rows.EventColumns} FROM events
        WHERE seq BETWEEN $first AND min($last, $first + {Neighbourhood}) AND task_id <> $id AND event NOT IN ('started', 'progress', 'tool')
        ORDER BY seq
        """,
        Rows.ReadEvent, ("$id", id), ("$first", firstSeq), ("$last", lastSeq));
}

/// <summary>The last attempt at a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When the task was over; null while it is not.</param>
internal sealed record LastAttempt(string TaskId, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);
