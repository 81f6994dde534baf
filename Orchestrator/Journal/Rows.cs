using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>How rows become records. Times are Unix milliseconds, money is in 10⁻⁹ USD.</summary>
internal static class Rows
{
    internal const string TaskColumns =
        "seq, id, type, priority, worker, pinned, state, attempt, max_attempts, created_at, started_at, finished_at, due_at, deadline, " +
        "idempotency_key, content_hash, replay_of, previous_attempt, traceparent, tracestate, baggage, correlation_id, parent_id, cost";

    /// <summary>Position of the first column after <see cref="TaskColumns"/>.</summary>
    internal const int AfterTask = 24;

    internal const string EventColumns = "seq, task_id, event, worker, attempt, at, progress, message, correlation_id";

    internal static TaskRecord ReadTask(SqliteDataReader row) => new()
    {
        Seq = row.GetInt64(0),
        Id = row.GetString(1),
        Type = row.GetString(2),
        Priority = (TaskPriority)row.GetInt32(3),
        Worker = row.GetString(4),
        Pinned = row.GetInt32(5) != 0,
        State = (TaskState)row.GetInt32(6),
        Attempt = row.GetInt32(7),
        MaxAttempts = row.GetInt32(8),
        CreatedAt = Time(row, 9)!.Value,
        StartedAt = Time(row, 10),
        FinishedAt = Time(row, 11),
        DueAt = Time(row, 12),
        Deadline = Time(row, 13),
        IdempotencyKey = Text(row, 14),
        ContentHash = Text(row, 15),
        ReplayOf = Text(row, 16),
        PreviousAttempt = Text(row, 17),
        Trace = new(row.GetString(18), row.GetString(19), row.GetString(20)),
        CorrelationId = Text(row, 21),
        ParentId = Text(row, 22),
        Cost = row.IsDBNull(23) ? null : row.GetInt64(23),
    };

    internal static TaskEvent ReadEvent(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), Time(row, 5)!.Value,
        row.IsDBNull(6) ? null : row.GetDouble(6), Text(row, 7), Text(row, 8));

    internal static TaskError ReadError(SqliteDataReader row) =>
        new(row.GetString(1), row.GetString(2), row.GetInt32(3) != 0) { Attempt = row.GetInt32(0), At = Time(row, 4)!.Value };

    internal static object Time(DateTimeOffset? time) => time is { } t ? t.ToUnixTimeMilliseconds() : DBNull.Value;

    internal static DateTimeOffset? Time(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    internal static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
