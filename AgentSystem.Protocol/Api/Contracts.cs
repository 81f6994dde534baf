using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.Protocol.Api;

/// <summary>Where a task is in its life, as the journal has it.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<TaskState>))]
public enum TaskState
{
    /// <summary>Accepted and journalled; its file is not placed yet.</summary>
    Pending,
    /// <summary>Its file lies in a worker's folder.</summary>
    Ready,
    /// <summary>A worker has claimed it.</summary>
    Active,
    /// <summary>An attempt failed; the next one is due later.</summary>
    Retrying,
    /// <summary>Settled with a result.</summary>
    Completed,
    /// <summary>Given up, with every error.</summary>
    Dead,
    /// <summary>Cancelled by request.</summary>
    Cancelled,
}

/// <summary>Body of <c>POST /tasks</c>: one of these, or an array of up to 10,000.</summary>
public sealed record TaskSubmission
{
    /// <summary>Identifier of the submitter's choice; one is made when it is absent.</summary>
    public string? Id { get; init; }

    /// <summary>What kind of work this is.</summary>
    public string? Type { get; init; }

    /// <summary>How urgent it is.</summary>
    public TaskPriority Priority { get; set; } = TaskPriority.Normal;

    /// <summary>The worker that has to do it; the orchestrator chooses when it is absent.</summary>
    public string? Worker { get; init; }

    /// <summary>How many tries there are before the task is dead, from 1 to 100; the orchestrator's default when absent.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>When it is no longer worth doing.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The same key never makes a second task; may also be sent as the header <c>Idempotency-Key</c>.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The task whose agent hands this one in; checked against the limits of depth and number, and against going in a circle.</summary>
    public string? ParentId { get; init; }

    /// <summary>A JSON object whose shape belongs to <see cref="Type"/>.</summary>
    public JsonElement? Payload { get; init; }
}

/// <summary>Answer to a batch: one entry per submission, in its order.</summary>
/// <param name="Tasks">The tasks as they were accepted, or as they already were when their idempotency key was known.</param>
public sealed record BatchAccepted(IReadOnlyList<TaskView> Tasks);

/// <summary>A task as the API shows it.</summary>
public sealed record TaskView
{
    /// <summary>The task's identifier.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of work it is.</summary>
    public required string Type { get; init; }

    /// <summary>How urgent it is.</summary>
    public required TaskPriority Priority { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required TaskState State { get; init; }

    /// <summary>The worker that it was given to.</summary>
    public required string Worker { get; init; }

    /// <summary>The current attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>How many attempts there are at most.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>From 0 to 1, as last reported; null when unknown.</summary>
    public double? Progress { get; init; }

    /// <summary>What was last reported.</summary>
    public string? Message { get; init; }

    /// <summary>When it was accepted (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last attempt began (UTC).</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was settled (UTC).</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When the next attempt is due (UTC), while it is <see cref="TaskState.Retrying"/>.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When it is no longer worth doing (UTC).</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The submitter's key.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The trace id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The task that this one repeats, when it came from a replay.</summary>
    public string? ReplayOf { get; init; }

    /// <summary>The task whose agent handed this one in.</summary>
    public string? ParentId { get; init; }

    /// <summary>What its model calls have cost so far, in USD; null when there was none.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>What the agent was asked. Left out of lists.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>What the agent produced. Left out of lists.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Every failed attempt, oldest first.</summary>
    public IReadOnlyList<TaskError> Errors { get; set; } = [];
}

/// <summary>A page of <c>GET /tasks</c> or <c>GET /dead</c>, newest first.</summary>
/// <param name="Tasks">The tasks of this page.</param>
/// <param name="Next">Give it as <c>cursor</c> to get the next page; null on the last one.</param>
public sealed record TaskPage(IReadOnlyList<TaskView> Tasks, string? Next);

/// <summary>A worker as the API shows it.</summary>
/// <param name="Name">The worker's name.</param>
/// <param name="Alive">Whether at least one of its processes gave a sign of life in time.</param>
/// <param name="Instances">The processes that did.</param>
/// <param name="Pending">Tasks accepted for it whose file is not placed, those waiting for a retry included.</param>
/// <param name="Ready">Tasks whose file lies in its folder.</param>
/// <param name="Active">Tasks that it has claimed.</param>
public sealed record WorkerView(string Name, bool Alive, IReadOnlyList<WorkerHeartbeat> Instances, int Pending, int Ready, int Active);

/// <summary>Something that happened to a task: one event of <c>GET /events</c>.</summary>
/// <param name="Seq">Grows by every event and survives restarts; it is the event's SSE id.</param>
/// <param name="TaskId">The task.</param>
/// <param name="Event">A state (<c>pending</c>, <c>active</c>, …) or a status line's word (<c>progress</c>, <c>tool</c>, …).</param>
/// <param name="Worker">The worker.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="At">When (UTC).</param>
/// <param name="Progress">From 0 to 1; null when unknown.</param>
/// <param name="Message">For people.</param>
/// <param name="CorrelationId">The trace id.</param>
public sealed record TaskEvent(
    long Seq, string TaskId, string Event, string Worker, int Attempt, DateTimeOffset At, double? Progress, string? Message, string? CorrelationId);
