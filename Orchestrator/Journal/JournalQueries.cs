using System.Text;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>Which tasks a list is about; null means any.</summary>
public sealed record TaskFilter
{
    public IReadOnlyList<TaskState> States { get; init; } = [];
    public string? Worker { get; init; }
    public string? Type { get; init; }

    /// <summary>Only tasks that this one handed in.</summary>
    public string? Parent { get; init; }
    public DateTimeOffset? CreatedAfter { get; init; }
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Only tasks accepted before the one with this number.</summary>
    public long? BeforeSeq { get; init; }
}

/// <summary>Reads what is committed, without holding up the writer. Safe for concurrent use.</summary>
public sealed partial class JournalQueries
{
    private readonly JournalFile _file;

    internal JournalQueries(JournalFile file) => _file = file;

    /// <summary>The task, or null.</summary>
    public TaskRecord? Find(string id) =>
        Read($"SELECT {Rows.TaskColumns} FROM tasks WHERE id = $id", Rows.ReadTask, ("$id", id)).FirstOrDefault();

    /// <summary>What the agent was asked.</summary>
    public JsonElement Payload(long seq) => Read("SELECT payload FROM tasks WHERE seq = $seq", row => Parse(row, 0), ("$seq", seq)).Single();

    /// <summary>Every failed attempt, oldest first.</summary>
    public IReadOnlyList<TaskError> Errors(long seq) =>
        Read("SELECT attempt, type, message, retryable, at FROM errors WHERE task_seq = $seq ORDER BY attempt", Rows.ReadError, ("$seq", seq));

    /// <summary>Tasks, newest first.</summary>
    public IReadOnlyList<TaskRecord> List(TaskFilter filter, int limit)
    {
        var where = new StringBuilder("1");
        List<(string, object)> values = [("$limit", limit)];
        if (filter.States.Count > 0)
            where.Append(" AND state IN (").AppendJoin(',', filter.States.Select(s => (int)s)).Append(')');
        Add("worker =", "$worker", filter.Worker);
        Add("type =", "$type", filter.Type);
        Add("parent_id =", "$parent", filter.Parent);
        Add("created_at >=", "$after", filter.CreatedAfter?.ToUnixTimeMilliseconds());
        Add("created_at <", "$before", filter.CreatedBefore?.ToUnixTimeMilliseconds());
        Add("seq <", "$seq", filter.BeforeSeq);
        return Read($"SELECT {Rows.TaskColumns} FROM tasks WHERE {where} ORDER BY seq DESC LIMIT $limit", Rows.ReadTask, [.. values]);

        void Add(string condition, string name, object? value)
        {
            if (value is null)
                return;
            where.Append(" AND ").Append(condition).Append(' ').Append(name);
            values.Add((name, value));
        }
    }

    /// <summary>The next tasks to place for <paramref name="worker"/>: the most urgent first, then the oldest.</summary>
    public IReadOnlyList<(TaskRecord Record, JsonElement Payload)> NextPending(string worker, int limit) => Read(
        $"SELECT {Rows.TaskColumns}, payload FROM tasks WHERE worker = $worker AND state = 0 AND state < 4 ORDER BY priority, seq LIMIT $limit",
        row => (Rows.ReadTask(row), Parse(row, Rows.AfterTask)), ("$worker", worker), ("$limit", limit));

    /// <summary>The worker's tasks in this state, the most urgent first.</summary>
    public IReadOnlyList<TaskRecord> InState(string worker, TaskState state, int limit = int.MaxValue) => Read(
        $"SELECT {Rows.TaskColumns} FROM tasks WHERE worker = $worker AND state = $state AND state < 4 ORDER BY priority, seq LIMIT $limit",
        Rows.ReadTask, ("$worker", worker), ("$state", (int)state), ("$limit", limit));

    /// <summary>When the oldest task was accepted that nobody works on, or null when there is none.</summary>
    public DateTimeOffset? OldestWaiting(string worker)
    {
        var oldest = Read(
            "SELECT min(created_at) FROM tasks WHERE worker = $worker AND state IN (0, 1, 3) AND state < 4",
            row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), ("$worker", worker)).Single();
        return oldest is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
    }

    /// <summary>Whether an attempt is to be begun again by now.</summary>
    public bool AnyDue(DateTimeOffset now) =>
        Read("SELECT 1 FROM tasks WHERE state = 3 AND due_at <= $now LIMIT 1", _ => true, ("$now", Rows.Time(now))).Count > 0;

    /// <summary>Unsettled tasks whose deadline has passed.</summary>
    public IReadOnlyList<TaskRecord> PastDeadline(DateTimeOffset now, int limit) => Read(
        $"SELECT {Rows.TaskColumns} FROM tasks WHERE state < 4 AND deadline IS NOT NULL AND deadline <= $now LIMIT $limit",
        Rows.ReadTask, ("$now", Rows.Time(now)), ("$limit", limit));

    /// <summary>Tasks settled before <paramref name="time"/>, the first ones first.</summary>
    public IReadOnlyList<TaskRecord> SettledBefore(DateTimeOffset time, int limit) => Read(
        $"SELECT {Rows.TaskColumns} FROM tasks WHERE state >= 4 AND finished_at < $time ORDER BY finished_at LIMIT $limit",
        Rows.ReadTask, ("$time", Rows.Time(time)), ("$limit", limit));

    /// <summary>Events after <paramref name="seq"/>, oldest first; of one task when <paramref name="taskId"/> says so.</summary>
    public IReadOnlyList<TaskEvent> EventsAfter(long seq, string? taskId, int limit) => Read(
        $"SELECT {Rows.EventColumns} FROM events WHERE seq > $seq {(taskId is null ? "" : "AND task_id = $task")} ORDER BY seq LIMIT $limit",
        Rows.ReadEvent, [("$seq", seq), ("$limit", limit), .. taskId is null ? [] : new (string, object)[] { ("$task", taskId) }]);

    internal long LastEvent() => Read("SELECT coalesce(max(seq), 0) FROM events", row => row.GetInt64(0)).Single();

    internal IReadOnlyList<(string Worker, TaskState State, int Count)> CountUnsettled() => Read(
        "SELECT worker, state, count(*) FROM tasks WHERE state < 4 GROUP BY worker, state",
        row => (row.GetString(0), (TaskState)row.GetInt32(1), row.GetInt32(2)));

    private static JsonElement Parse(SqliteDataReader row, int column) => JsonElement.Parse(row.GetFieldValue<byte[]>(column));

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        using var connection = _file.OpenReader();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every value is a parameter; the text is put together from constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        var rows = new List<T>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }
}
