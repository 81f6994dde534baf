using System.Globalization;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>The writer's SQL, prepared once.</summary>
internal sealed class Statements : PreparedStatements
{
    private readonly SqliteCommand _begin, _commit, _rollback, _savepoint, _release, _rollbackTo;
    private readonly SqliteCommand _find, _findByKey, _insert, _update, _due, _insertError, _insertEvent, _trimEvents;
    private readonly SqliteCommand _children, _countChildren, _addCost, _delete, _deleteErrors, _deleteCalls, _deleteQuestions;

    internal Statements(SqliteConnection connection)
        : base(connection)
    {
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _savepoint = Prepare("SAVEPOINT command");
        _release = Prepare("RELEASE command");
        _rollbackTo = Prepare("ROLLBACK TO command; RELEASE command");
        _find = Prepare($"SELECT {Rows.TaskColumns} FROM tasks WHERE id = $id", "$id");
        _findByKey = Prepare($"SELECT {Rows.TaskColumns} FROM tasks WHERE idempotency_key = $key", "$key");
        _due = Prepare($"SELECT {Rows.TaskColumns} FROM tasks WHERE state = 3 AND due_at <= $now ORDER BY due_at LIMIT $limit", "$now", "$limit");
        _insert = Prepare(
            """
            INSERT INTO tasks (id, type, priority, worker, pinned, state, attempt, max_attempts, created_at, deadline, idempotency_key, content_hash,
              replay_of, parent_id, traceparent, tracestate, baggage, correlation_id, payload)
            VALUES ($id, $type, $priority, $worker, $pinned, 0, 1, $max, $created, $deadline, $key, $hash, $replay, $parent, $traceparent, $tracestate, $baggage,
              $correlation, $payload)
            RETURNING seq
            """,
            "$id", "$type", "$priority", "$worker", "$pinned", "$max", "$created", "$deadline", "$key", "$hash", "$replay", "$parent", "$traceparent",
            "$tracestate", "$baggage", "$correlation", "$payload");
        _update = Prepare(
            """
            UPDATE tasks SET state = $state, attempt = $attempt, worker = $worker, started_at = $started, finished_at = $finished, due_at = $due,
              previous_attempt = $previous
            WHERE seq = $seq AND state = $was AND attempt = $wasAttempt
            """,
            "$state", "$attempt", "$worker", "$started", "$finished", "$due", "$previous", "$seq", "$was", "$wasAttempt");
        _insertError = Prepare(
            "INSERT OR REPLACE INTO errors (task_seq, attempt, type, message, retryable, at) VALUES ($seq, $attempt, $type, $message, $retryable, $at)",
            "$seq", "$attempt", "$type", "$message", "$retryable", "$at");
        _insertEvent = Prepare(
            """
            INSERT INTO events (task_id, event, worker, attempt, at, progress, message, correlation_id)
            VALUES ($task, $event, $worker, $attempt, $at, $progress, $message, $correlation) RETURNING seq
            """,
            "$task", "$event", "$worker", "$attempt", "$at", "$progress", "$message", "$correlation");
        _children = Prepare($"SELECT {Rows.TaskColumns} FROM tasks WHERE parent_id = $parent AND state < 4", "$parent");
        _countChildren = Prepare("SELECT count(*) FROM tasks WHERE parent_id = $parent", "$parent");
        _addCost = Prepare("UPDATE tasks SET cost = coalesce(cost, 0) + $change WHERE id = $id RETURNING cost", "$change", "$id");
        _delete = Prepare("DELETE FROM tasks WHERE seq = $seq AND state >= 4", "$seq");
        _deleteErrors = Prepare("DELETE FROM errors WHERE task_seq = $seq", "$seq");
        _deleteCalls = Prepare("DELETE FROM calls WHERE task_id = $id AND state <> 0", "$id");
        _deleteQuestions = Prepare("DELETE FROM questions WHERE task_id = $id", "$id");
        _trimEvents = Prepare("DELETE FROM events WHERE seq <= $seq", "$seq");
    }

    internal void Begin() => _begin.ExecuteNonQuery();
    internal void Commit() => _commit.ExecuteNonQuery();
    internal void Savepoint() => _savepoint.ExecuteNonQuery();
    internal void ReleaseSavepoint() => _release.ExecuteNonQuery();
    internal void RollbackToSavepoint() => _rollbackTo.ExecuteNonQuery();
    internal void TrimEvents(long upTo) => Run(_trimEvents, upTo);

    /// <summary>SQLite ends the transaction by itself after some errors, and then there is nothing left to roll back.</summary>
    internal void Rollback()
    {
        try
        {
            _rollback.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
        }
    }

    internal TaskRecord? Find(string id) => Read(_find, Rows.ReadTask, id).FirstOrDefault();

    internal TaskRecord? FindByKey(string key) => Read(_findByKey, Rows.ReadTask, key).FirstOrDefault();

    internal IReadOnlyList<TaskRecord> Due(DateTimeOffset now, int limit) => Read(_due, Rows.ReadTask, Rows.Time(now), limit);

    internal TaskRecord Insert(NewTask task)
    {
        var view = task.View;
        var seq = (long)Bind(_insert, view.Id, view.Type, (int)view.Priority, view.Worker, task.Pinned ? 1 : 0, view.MaxAttempts, Rows.Time(view.CreatedAt),
            Rows.Time(view.Deadline), OrNull(view.IdempotencyKey), task.ContentHash, OrNull(view.ReplayOf), OrNull(view.ParentId), task.Trace.Traceparent ?? "",
            task.Trace.Tracestate ?? "", task.Trace.Baggage ?? "", OrNull(view.CorrelationId), task.Payload.ToArray()).ExecuteScalar()!;
        return new()
        {
            Seq = seq,
            Id = view.Id,
            Type = view.Type,
            Priority = view.Priority,
            Worker = view.Worker,
            Pinned = task.Pinned,
            State = TaskState.Pending,
            Attempt = 1,
            MaxAttempts = view.MaxAttempts,
            CreatedAt = view.CreatedAt,
            Deadline = view.Deadline,
            IdempotencyKey = view.IdempotencyKey,
            ContentHash = task.ContentHash,
            ReplayOf = view.ReplayOf,
            ParentId = view.ParentId,
            Trace = task.Trace,
            CorrelationId = view.CorrelationId,
        };
    }

    internal void Update(TaskRecord before, TaskRecord after)
    {
        var changed = Run(_update, (int)after.State, after.Attempt, after.Worker, Rows.Time(after.StartedAt), Rows.Time(after.FinishedAt),
            Rows.Time(after.DueAt), OrNull(after.PreviousAttempt), before.Seq, (int)before.State, before.Attempt);
        if (changed != 1)
            throw new InvalidOperationException($"Task {before.Id} changed behind the writer's back.");
    }

    /// <summary>The unsettled tasks that this one has handed on.</summary>
    internal IReadOnlyList<TaskRecord> Children(string parent) => Read(_children, Rows.ReadTask, parent);

    /// <summary>The task that the row above this one began with, as far as it is known; the task itself when nobody handed it on.</summary>
    internal string Origin(TaskRecord task)
    {
        while (task.ParentId is { } parent && Find(parent) is { } above)
            task = above;
        return task.Id;
    }

    internal int CountChildren(string parent) => Convert.ToInt32(Bind(_countChildren, parent).ExecuteScalar(), CultureInfo.InvariantCulture);

    /// <summary>What the task has cost by now; 0 when it is not there any more.</summary>
    internal long AddCost(string id, long change) => Read(_addCost, row => row.GetInt64(0), change, id).FirstOrDefault();

    /// <summary>False when the task is not settled or not there.</summary>
    internal bool Delete(TaskRecord record)
    {
        if (Run(_delete, record.Seq) == 0)
            return false;
        Run(_deleteErrors, record.Seq);
        Run(_deleteCalls, record.Id);
        Run(_deleteQuestions, record.Id);
        return true;
    }

    internal void InsertError(long seq, TaskError error) =>
        Run(_insertError, seq, error.Attempt, error.Type, error.Message, error.Retryable ? 1 : 0, Rows.Time(error.At));

    internal long InsertEvent(
        string task, string name, string worker, int attempt, DateTimeOffset at, double? progress, string? message, string? correlationId) =>
        (long)Bind(_insertEvent, task, name, worker, attempt, Rows.Time(at), progress ?? (object)DBNull.Value, OrNull(message), OrNull(correlationId)).ExecuteScalar()!;
}
