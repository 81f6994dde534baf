using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Data.Sqlite;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>
/// The writer's side of the journal: the transitions of a task's state, each of them conditional on where the task is, so that
/// whatever comes twice or late changes nothing. Used only within <see cref="TaskJournal.RunAsync"/>.
/// </summary>
public sealed partial class JournalSession : IDisposable
{
    private const int TrimEvery = 1000;

    private readonly TimeProvider _time;
    private readonly JournalCounts _counts;
    private readonly OrchestratorOptions _options;
    private readonly Statements _sql;
    private readonly QuestionStatements _questions;
    private readonly List<(string Worker, TaskState State, int Change)> _changes = [];
    private readonly HashSet<string> _announced = new(StringComparer.Ordinal);
    private int _pendingUnsettled;
    private long _trimmed, _committedEvent, _markedEvent;

    internal JournalSession(SqliteConnection writer, TimeProvider time, JournalCounts counts, OrchestratorOptions options)
    {
        _time = time;
        _counts = counts;
        _options = options;
        _sql = new(writer);
        Purse = new(writer, _sql, time);
        _questions = new(writer);
        Connection = writer;
    }

    /// <summary>What model calls may cost and have cost.</summary>
    public Purse Purse { get; }

    /// <summary>The writer's connection, for tests that take the disk away from it.</summary>
    internal SqliteConnection Connection { get; }

    /// <summary>The newest event of this session that was not taken back. A number that was, is given again.</summary>
    internal long LastEvent { get; private set; }

    /// <summary>The tasks that this transaction has events of, and perhaps some more whose events were taken back.</summary>
    internal IReadOnlySet<string> Announced => _announced;

    /// <summary>
    /// Accepts all of <paramref name="tasks"/> or none. A task whose idempotency key is known is answered with the one that has it.
    /// </summary>
    /// <exception cref="SubmissionRejectedException">An id is taken, a key was used for other content, or the queue is full.</exception>
    public IReadOnlyList<(TaskRecord Record, bool IsNew)> Accept(IReadOnlyList<NewTask> tasks)
    {
        var accepted = new List<(TaskRecord, bool)>(tasks.Count);
        for (var i = 0; i < tasks.Count; i++)
        {
            var task = tasks[i];
            if (task.View.IdempotencyKey is { } key && _sql.FindByKey(key) is { } earlier)
            {
                if (earlier.ContentHash != task.ContentHash)
                    throw new SubmissionRejectedException(i, SubmissionRejection.KeyReused,
                        $"the idempotency key '{key}' belongs to task {earlier.Id}, which asks for something else; use a new key");
                accepted.Add((earlier, false));
                continue;
            }
            if (_sql.Find(task.View.Id) is not null)
                throw new SubmissionRejectedException(i, SubmissionRejection.DuplicateId,
                    $"there is a task '{task.View.Id}' already; choose another id or leave it out");
            if (task.View.ParentId is { } parent && _sql.CountChildren(parent) >= _options.Subtasks.MaxPerTask)
                throw new SubmissionRejectedException(i, SubmissionRejection.Subtask,
                    $"task {parent} has handed in {_options.Subtasks.MaxPerTask} tasks already, which is the most; do the rest in one of them, or raise Orchestrator:Subtasks:MaxPerTask");
            if (_counts.Unsettled + _pendingUnsettled >= _options.MaxPending)
                throw new SubmissionRejectedException(i, SubmissionRejection.Full,
                    $"of at most {_options.MaxPending:N0} unsettled tasks there is room for {Math.Max(0, _options.MaxPending - _counts.Unsettled):N0} more; try again later with no more than that, or raise Orchestrator:MaxPending");
            var record = _sql.Insert(task);
            Count(record.Worker, TaskState.Pending, 1);
            Announce(record, message: null);
            accepted.Add((record, true));
        }
        return accepted;
    }

    /// <summary>The task's file is about to lie in its worker's folder. Null when the task is not pending or has another attempt.</summary>
    public TaskRecord? Place(string id, int attempt) => Move(id, attempt, TaskState.Ready, r => r.State == TaskState.Pending);

    /// <summary>A worker has claimed the file. Null when the file is not the current attempt's.</summary>
    public TaskRecord? Claim(string id, int attempt) =>
        Move(id, attempt, TaskState.Active, r => r.State is TaskState.Ready or TaskState.Pending, r => r with { StartedAt = _time.GetUtcNow() });

    /// <summary>A worker has put the file back unfinished.</summary>
    public TaskRecord? Release(string id, int attempt) => Move(id, attempt, TaskState.Ready, r => r.State == TaskState.Active);

    /// <summary>The file is gone and nobody had it: place it again, perhaps with another worker.</summary>
    public TaskRecord? Unplace(string id, int attempt, string? worker = null) =>
        Move(id, attempt, TaskState.Pending, r => r.State is TaskState.Ready or TaskState.Pending, r => r with { Worker = worker ?? r.Worker });

    /// <summary>Settles the attempt with success. Null when it was settled or superseded before: then nothing changes.</summary>
    public TaskRecord? Complete(string id, int attempt, DateTimeOffset startedAt) => Move(
        id, attempt, TaskState.Completed, r => r.IsInHand, r => r with { StartedAt = r.StartedAt ?? startedAt, FinishedAt = _time.GetUtcNow(), DueAt = null });

    /// <summary>
    /// Settles the attempt with a failure: the next one is due after <paramref name="delay"/>, or the task is dead.
    /// Null when it was settled or superseded before: then nothing changes.
    /// </summary>
    public TaskRecord? Fail(string id, int attempt, TaskError error, Func<int, TimeSpan> delay, string? previousAttempt = null)
    {
        if (_sql.Find(id) is not { } record || record.Attempt != attempt || !record.IsInHand)
            return null;
        AddError(record, error);
        if (!error.Retryable || record.Attempt >= record.MaxAttempts)
            return Apply(record, record with { State = TaskState.Dead, FinishedAt = _time.GetUtcNow() }, $"{error.Type}: {error.Message}");
        return Apply(record, record with
        {
            State = TaskState.Retrying,
            Attempt = record.Attempt + 1,
            DueAt = _time.GetUtcNow() + delay(record.Attempt),
            PreviousAttempt = string.IsNullOrEmpty(previousAttempt) ? record.PreviousAttempt : previousAttempt,
        }, $"{error.Type}: {error.Message}");
    }

    /// <summary>Gives the task up, wherever it is. Null when it is settled.</summary>
    public TaskRecord? Kill(string id, TaskError error)
    {
        if (_sql.Find(id) is not { } record || record.State.IsSettled())
            return null;
        AddError(record, error);
        return Apply(record, record with { State = TaskState.Dead, FinishedAt = _time.GetUtcNow(), DueAt = null }, $"{error.Type}: {error.Message}");
    }

    /// <summary>
    /// Cancels the task, and what it has handed on and is not settled: nobody wants that any more. The first is the task itself; none when it is settled
    /// or unknown.
    /// </summary>
    public IReadOnlyList<TaskRecord> Cancel(string id)
    {
        if (_sql.Find(id) is not { } task || task.State.IsSettled())
            return [];
        var cancelled = new List<TaskRecord> { Cancel(task, "cancelled by request") };
        for (var i = 0; i < cancelled.Count; i++)
            cancelled.AddRange(_sql.Children(cancelled[i].Id).Select(child => Cancel(child, $"cancelled with {child.ParentId}")));
        return cancelled;
    }

    private TaskRecord Cancel(TaskRecord record, string message) =>
        Apply(record, record with { State = TaskState.Cancelled, FinishedAt = _time.GetUtcNow(), DueAt = null }, message);

    /// <summary>Makes attempts pending that are due, <paramref name="limit"/> at most.</summary>
    public IReadOnlyList<TaskRecord> BeginDue(DateTimeOffset now, int limit) =>
        [.. _sql.Due(now, limit).Select(record => Apply(record, record with { State = TaskState.Pending, DueAt = null }, message: null))];

    /// <summary>Deletes settled tasks and their errors. Their events stay as long as everybody's. Says how many there were.</summary>
    public int Forget(IReadOnlyList<TaskRecord> settled) => settled.Count(_sql.Delete);

    /// <summary>Records what a status line said, for those who follow the events.</summary>
    public void Note(StatusLine line, string? correlationId) =>
        Announce(line.TaskId, line.Status.ToName(), line.Worker, line.Attempt, line.At, line.Progress, line.Message, correlationId);

    internal void Begin()
    {
        _changes.Clear();
        _announced.Clear();
        _pendingUnsettled = 0;
        _sql.Begin();
    }

    internal int Mark()
    {
        _sql.Savepoint();
        _markedEvent = LastEvent;
        return _changes.Count;
    }

    internal void Release() => _sql.ReleaseSavepoint();

    internal void RollbackTo(int mark)
    {
        LastEvent = _markedEvent;
        _sql.RollbackToSavepoint();
        for (var i = _changes.Count - 1; i >= mark; i--)
            if (!_changes[i].State.IsSettled())
                _pendingUnsettled -= _changes[i].Change;
        _changes.RemoveRange(mark, _changes.Count - mark);
    }

    internal void Commit()
    {
        if (LastEvent - _trimmed > TrimEvery)
        {
            _sql.TrimEvents(LastEvent - _options.EventRetention);
            _trimmed = LastEvent;
        }
        _sql.Commit();
        _committedEvent = LastEvent;
        _counts.Apply(_changes);
    }

    internal void Rollback()
    {
        LastEvent = _committedEvent;
        _sql.Rollback();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _questions.Dispose();
        Purse.Dispose();
        _sql.Dispose();
    }

    private TaskRecord? Move(
        string id, int attempt, TaskState to, Func<TaskRecord, bool> from, Func<TaskRecord, TaskRecord>? change = null)
    {
        if (_sql.Find(id) is not { } record || record.Attempt != attempt || !from(record))
            return null;
        var moved = record with { State = to };
        return Apply(record, change is null ? moved : change(moved), message: null);
    }

    private TaskRecord Apply(TaskRecord before, TaskRecord after, string? message)
    {
        _sql.Update(before, after);
        Count(before.Worker, before.State, -1);
        Count(after.Worker, after.State, 1);
        Announce(after, message);
        return after;
    }

    private void AddError(TaskRecord record, TaskError error) =>
        _sql.InsertError(record.Seq, error with { Attempt = record.Attempt, At = _time.GetUtcNow() });

    private void Announce(TaskRecord record, string? message) => Announce(
        record.Id, record.State.ToName(), record.Worker, record.Attempt, _time.GetUtcNow(), progress: null, message, record.CorrelationId);

    private void Announce(
        string taskId, string name, string worker, int attempt, DateTimeOffset at, double? progress, string? message, string? correlationId)
    {
        LastEvent = _sql.InsertEvent(taskId, name, worker, attempt, at, progress, message, correlationId);
        _announced.Add(taskId);
    }

    private void Count(string worker, TaskState state, int change)
    {
        _changes.Add((worker, state, change));
        if (!state.IsSettled())
            _pendingUnsettled += change;
    }
}
