using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Journal;

/// <summary>A task as it is accepted: what never changes, and the worker that it is first given to.</summary>
/// <param name="View">The task as the API shows it, with its payload.</param>
/// <param name="Payload">The payload as UTF-8 JSON.</param>
/// <param name="Pinned">True when the submitter named the worker.</param>
/// <param name="ContentHash">Tells whether another submission with the same idempotency key asks for the same.</param>
/// <param name="Trace">The context of the <c>create</c> span.</param>
public sealed record NewTask(TaskView View, ReadOnlyMemory<byte> Payload, bool Pinned, string ContentHash, TraceCarrier Trace);

/// <summary>A task's row, without its payload.</summary>
public sealed record TaskRecord
{
    /// <summary>Grows by every accepted task.</summary>
    public required long Seq { get; init; }
    public required string Id { get; init; }
    public required string Type { get; init; }
    public required TaskPriority Priority { get; init; }
    public required string Worker { get; init; }
    public required bool Pinned { get; init; }
    public required TaskState State { get; init; }
    public required int Attempt { get; init; }
    public required int MaxAttempts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset? Deadline { get; init; }
    public string? IdempotencyKey { get; init; }
    public string? ContentHash { get; init; }
    public string? ReplayOf { get; init; }
    public string? PreviousAttempt { get; init; }
    public required TraceCarrier Trace { get; init; }
    public string? CorrelationId { get; init; }
    public string? ParentId { get; init; }

    /// <summary>What its model calls have cost, in 10⁻⁹ USD; null when there was none.</summary>
    public long? Cost { get; init; }

    // Retrying is left out: its attempt is the next one, which nobody can have begun.
    /// <summary>Whether somebody may be working on the current attempt.</summary>
    public bool IsInHand => State is TaskState.Pending or TaskState.Ready or TaskState.Active;

    /// <summary>The row as the API shows it, without payload, output and errors.</summary>
    public TaskView ToView() => new()
    {
        Id = Id,
        Type = Type,
        Priority = Priority,
        State = State,
        Worker = Worker,
        Attempt = Attempt,
        MaxAttempts = MaxAttempts,
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        DueAt = DueAt,
        Deadline = Deadline,
        IdempotencyKey = IdempotencyKey,
        CorrelationId = CorrelationId,
        ReplayOf = ReplayOf,
        ParentId = ParentId,
        CostUsd = Cost is { } cost ? Money.ToUsd(cost) : null,
    };

    /// <summary>The row as the content of a task file.</summary>
    public AgentTask ToTask(System.Text.Json.JsonElement payload) => new()
    {
        Id = Id,
        Type = Type,
        Priority = Priority,
        Worker = Worker,
        Attempt = Attempt,
        MaxAttempts = MaxAttempts,
        CreatedAt = CreatedAt,
        Deadline = Deadline,
        IdempotencyKey = IdempotencyKey,
        Payload = payload,
        TraceContext = Trace,
        PreviousAttempt = PreviousAttempt,
    };
}
