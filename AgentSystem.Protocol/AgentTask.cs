using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentSystem.Protocol;

/// <summary>How urgent a task is. Workers and the dispatcher take higher ones first.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<TaskPriority>))]
public enum TaskPriority
{
    /// <summary>Before everything else.</summary>
    Critical,
    /// <summary>Before ordinary work.</summary>
    High,
    /// <summary>Ordinary work.</summary>
    Normal,
    /// <summary>When nothing else waits.</summary>
    Low,
}

/// <summary>One unit of work for an agent: the content of <c>tasks/&lt;worker&gt;/&lt;id&gt;.json</c>.</summary>
public sealed record AgentTask
{
    /// <summary>Version of the format; a file without it is version 1.</summary>
    [JsonPropertyName("v")]
    public int Version { get; set; } = ProtocolLimits.Version;

    /// <summary>Identifier, see <see cref="TaskId"/>. Also the file's name.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of work this is, for example <c>document_analysis</c>.</summary>
    public required string Type { get; init; }

    /// <summary>How urgent it is.</summary>
    public TaskPriority Priority { get; set; } = TaskPriority.Normal;

    /// <summary>Name of the worker in whose folder the file lies.</summary>
    public required string Worker { get; init; }

    /// <summary>1 for the first try. A result that carries a lower number than the journal's is stale.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>How many tries there are before the task is dead.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>When the orchestrator accepted it (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is no longer worth doing (UTC); null for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The submitter's key: the same key never makes a second task.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What the agent needs to know; its shape belongs to <see cref="Type"/>.</summary>
    public required JsonElement Payload { get; init; }

    /// <summary>The trace that this attempt continues or links to.</summary>
    [JsonPropertyName("_trace_context")]
    [AllowNull]
    public TraceCarrier TraceContext { get; set => field = value ?? TraceCarrier.Empty; } = TraceCarrier.Empty;

    /// <summary>
    /// Of a retry: the <c>traceparent</c> of the attempt before, to which the new trace links. Null for the first attempt.
    /// </summary>
    [JsonPropertyName("_previous_attempt")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PreviousAttempt { get; init; }

    /// <summary>Fields that this version does not know. They are kept, never dropped.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extensions { get; set; }
}
