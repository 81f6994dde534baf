using System.Globalization;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>Where a model call is in its life.</summary>
internal enum CallState
{
    /// <summary>Under way.</summary>
    Open,
    /// <summary>Its cost is known.</summary>
    Settled,
    /// <summary>Nobody has said what it did cost: counted in full.</summary>
    Expired,
}

/// <summary>A model call's row. Amounts in 10⁻⁹ USD.</summary>
internal sealed record CallRecord(string Id, string TaskId, string Worker, string Model, CallState State, long Reserved, long Cost, DateTimeOffset At);

/// <summary>The purse's SQL.</summary>
internal sealed class PurseStatements : PreparedStatements
{
    private const string Columns = "id, task_id, worker, model, state, reserved, cost, at";

    private readonly SqliteCommand _find, _insert, _close, _openSince, _family, _countOpen, _amount, _add;

    internal PurseStatements(SqliteConnection connection)
        : base(connection)
    {
        _find = Prepare($"SELECT {Columns} FROM calls WHERE id = $id", "$id");
        _openSince = Prepare($"SELECT {Columns} FROM calls WHERE state = 0 AND expires_at <= $now", "$now");
        _family = Prepare(
            """
            WITH RECURSIVE family (id, cost) AS (
              SELECT id, cost FROM tasks WHERE id = $task
              UNION SELECT child.id, child.cost FROM tasks child JOIN family ON child.parent_id = family.id)
            SELECT coalesce(sum(cost), 0), (SELECT coalesce(sum(reserved), 0) FROM calls WHERE state = 0 AND task_id IN (SELECT id FROM family)) FROM family
            """,
            "$task");
        _countOpen = Prepare("SELECT count(*) FROM calls WHERE state = 0");
        _insert = Prepare(
            """
            INSERT INTO calls (id, task_id, attempt, worker, model, state, reserved, cost, estimated, input, output, cache_read, cache_write, at, expires_at)
            VALUES ($id, $task, $attempt, $worker, $model, 0, $reserved, 0, 0, 0, 0, 0, 0, $at, $expires)
            """,
            "$id", "$task", "$attempt", "$worker", "$model", "$reserved", "$at", "$expires");
        _close = Prepare(
            """
            UPDATE calls SET state = $state, cost = $cost, estimated = $estimated, input = $input, output = $output, cache_read = $read, cache_write = $write
            WHERE id = $id
            """,
            "$state", "$cost", "$estimated", "$input", "$output", "$read", "$write", "$id");
        _amount = Prepare("SELECT spent, reserved FROM purse WHERE scope = $scope AND period = $period AND worker = $worker", "$scope", "$period", "$worker");
        _add = Prepare(
            """
            INSERT INTO purse (scope, period, worker, spent, reserved) VALUES ($scope, $period, $worker, $spent, $reserved)
            ON CONFLICT DO UPDATE SET spent = spent + excluded.spent, reserved = reserved + excluded.reserved
            """,
            "$scope", "$period", "$worker", "$spent", "$reserved");
    }

    internal CallRecord? Find(string id) => Read(_find, ReadCall, id).FirstOrDefault();

    internal IReadOnlyList<CallRecord> OpenSince(DateTimeOffset now) => Read(_openSince, ReadCall, Rows.Time(now));

    /// <summary>Spent by and held for a task and all that was handed on by it.</summary>
    internal (long Spent, long Reserved) AmountOfFamily(string task) => Read(_family, row => (row.GetInt64(0), row.GetInt64(1)), task).Single();

    internal int CountOpen() => Convert.ToInt32(_countOpen.ExecuteScalar(), CultureInfo.InvariantCulture);

    internal void Insert(string id, CallRequest call, DateTimeOffset at, DateTimeOffset expires) =>
        Run(_insert, id, call.TaskId, call.Attempt, call.Worker, call.Model, call.Amount, Rows.Time(at), Rows.Time(expires));

    internal void Close(string id, CallState state, long cost, TokenUsage usage, bool estimated) =>
        Run(_close, (int)state, cost, estimated ? 1 : 0, usage.Input, usage.Output, usage.CacheRead, usage.CacheWrite, id);

    internal (long Spent, long Reserved) Amount(PursePeriod row) =>
        Read(_amount, r => (r.GetInt64(0), r.GetInt64(1)), row.Scope, row.Period, row.Worker).FirstOrDefault();

    internal void Add(PursePeriod row, long spent, long reserved) => Run(_add, row.Scope, row.Period, row.Worker, spent, reserved);

    private static CallRecord ReadCall(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), (CallState)row.GetInt32(4), row.GetInt64(5), row.GetInt64(6),
        Rows.Time(row, 7)!.Value);
}
