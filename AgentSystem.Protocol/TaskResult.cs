using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.Protocol;

/// <summary>How an attempt ended.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<ResultStatus>))]
public enum ResultStatus
{
    /// <summary>The work is done and <see cref="TaskResult.Output"/> holds it.</summary>
    Completed,
    /// <summary>The work was not done and <see cref="TaskResult.Error"/> says why.</summary>
    Failed,
}

/// <summary>The end of one attempt: the content of <c>results/&lt;id&gt;.json</c>.</summary>
public sealed record TaskResult
{
    /// <summary>Version of the format; a file without it is version 1.</summary>
    [JsonPropertyName("v")]
    public int Version { get; set; } = ProtocolLimits.Version;

    /// <summary>The task's identifier, and the file's name.</summary>
    public required string Id { get; init; }

    /// <summary>The worker that did the work.</summary>
    public required string Worker { get; init; }

    /// <summary>Which process of that worker (<c>service.instance.id</c>).</summary>
    public string? Instance { get; init; }

    /// <summary>The attempt that this is the result of.</summary>
    public required int Attempt { get; init; }

    /// <summary>How it ended.</summary>
    public required ResultStatus Status { get; init; }

    /// <summary>When the worker began (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the worker was done (UTC).</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>What the agent produced; null after a failure.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Why it failed; null after success.</summary>
    public TaskError? Error { get; init; }

    /// <summary>The <c>process</c> span of this attempt, whose child the settlement is.</summary>
    [JsonPropertyName("_trace_context")]
    [AllowNull]
    public TraceCarrier TraceContext { get; set => field = value ?? TraceCarrier.Empty; } = TraceCarrier.Empty;

    /// <summary>Fields that this version does not know. They are kept, never dropped.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extensions { get; set; }
}

/// <summary>Why an attempt failed.</summary>
/// <param name="Type">A stable, low-cardinality name such as <c>file_not_found</c>; becomes the label <c>error_type</c>.</param>
/// <param name="Message">For people: what went wrong and what to do about it.</param>
/// <param name="Retryable">False when another attempt cannot end differently.</param>
public sealed record TaskError(string Type, string Message, bool Retryable = true)
{
    /// <summary>The attempt that failed so.</summary>
    public int Attempt { get; init; }

    /// <summary>When it failed (UTC).</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>A task that was given up: the content of <c>dead/&lt;id&gt;.json</c>.</summary>
/// <param name="Task">The task as it was last placed.</param>
/// <param name="Errors">Every attempt's error, oldest first.</param>
/// <param name="DiedAt">When it was given up (UTC).</param>
public sealed record DeadTask(AgentTask Task, IReadOnlyList<TaskError> Errors, DateTimeOffset DiedAt);

/// <summary>Why a file was moved aside: the content of <c>quarantine/&lt;name&gt;.reason.json</c>.</summary>
/// <param name="Name">The file's name in the quarantine folder.</param>
/// <param name="From">Where it lay, relative to the shared volume.</param>
/// <param name="Reason">A stable name such as <c>not_json</c>.</param>
/// <param name="Detail">For people: what is wrong with it and what to do.</param>
/// <param name="At">When it was moved (UTC).</param>
/// <param name="By">The process that moved it.</param>
public sealed record QuarantineReason(string Name, string From, string Reason, string Detail, DateTimeOffset At, string By);
