using System.Text.Json.Serialization;

namespace AgentSystem.Protocol.Api;

/// <summary>Where a task's time went. At every moment of its life it is in one of these parts.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<TimePart>))]
public enum TimePart
{
    /// <summary>In the journal, because the worker's folder was full; or in its folder, while no process of the worker was there.</summary>
    Queue,
    /// <summary>With a worker that had no slot free.</summary>
    Slot,
    /// <summary>On the way: until the worker noticed the file, and from its claim to the start of the agent.</summary>
    Transport,
    /// <summary>In the agent itself.</summary>
    Agent,
    /// <summary>In calls of a model.</summary>
    Model,
    /// <summary>In calls of tools.</summary>
    Tool,
    /// <summary>In attempts that another one followed, and in the waits between.</summary>
    Retries,
    /// <summary>From the end of the work until the journal had its outcome.</summary>
    Settlement,
    /// <summary>In what nothing that was recorded tells about.</summary>
    Unexplained,
}

/// <summary>Answer to <c>GET /tasks/{id}/why</c>: why a task took as long as it did, and ended as it did.</summary>
public sealed record TaskExplanation
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>What kind of work it is.</summary>
    public required string Type { get; init; }

    /// <summary>The worker that it was last given to.</summary>
    public required string Worker { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required TaskState State { get; init; }

    /// <summary>The last attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The explanation in one sentence.</summary>
    public required string Headline { get; init; }

    /// <summary>When it was accepted (UTC).</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When it was settled, or now while it is not (UTC).</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Seconds from <see cref="From"/> to <see cref="To"/>.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>Every part once, in the order of a task's life. They do not overlap, and together they are the wall time.</summary>
    public required IReadOnlyList<ExplainedPart> Parts { get; init; }

    /// <summary>What failed, oldest first: attempts, spans, log lines.</summary>
    public required IReadOnlyList<ExplainedFailure> Failures { get; init; }

    /// <summary>What was unusual against tasks of the same type and worker. Empty also when there are too few to tell.</summary>
    public required IReadOnlyList<UnusualMeasure> Unusual { get; init; }

    /// <summary>What else happened at the time.</summary>
    public required IReadOnlyList<Coincidence> Coincided { get; init; }

    /// <summary>The trace id of the task's creation and first attempt.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The traces that were found, one for each attempt.</summary>
    public required IReadOnlyList<string> TraceIds { get; init; }

    /// <summary>What the explanation rests on.</summary>
    public required IReadOnlyList<EvidenceSource> Sources { get; init; }

    /// <summary>What to know before relying on it: clocks that disagree, records that are gone.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>One part of a task's time.</summary>
/// <param name="Part">Which one.</param>
/// <param name="Seconds">How long, all stretches together.</param>
/// <param name="Share">Of the wall time, from 0 to 1.</param>
/// <param name="Detail">For people: what was waited for or done; null when there is nothing to add.</param>
public sealed record ExplainedPart(TimePart Part, double Seconds, double Share, string? Detail);

/// <summary>Where a failure was seen.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<FailureSource>))]
public enum FailureSource
{
    /// <summary>The journal: an attempt failed.</summary>
    Attempt,
    /// <summary>The trace: a span ended with an error.</summary>
    Span,
    /// <summary>The log: a line of level warning or above.</summary>
    Log,
}

/// <summary>Something that failed.</summary>
/// <param name="Source">Where it was seen.</param>
/// <param name="Where">The worker, the service and span, or the service that logged it.</param>
/// <param name="Attempt">The attempt, where it is known.</param>
/// <param name="Type">The error's type, or the log line's level.</param>
/// <param name="Message">For people.</param>
/// <param name="At">When, by the clock of whoever recorded it (UTC).</param>
/// <param name="TraceId">Where to look further.</param>
public sealed record ExplainedFailure(
    FailureSource Source, string Where, int? Attempt, string Type, string Message, DateTimeOffset At, string? TraceId);

/// <summary>A measure in which the task stands out from its peers: completed tasks of the same type and worker, before it.</summary>
/// <param name="Measure"><c>wall</c> (acceptance to end), <c>wait</c> (acceptance to claim) or <c>work</c> (claim to end).</param>
/// <param name="Seconds">This task's.</param>
/// <param name="MedianSeconds">Half of the peers had less.</param>
/// <param name="P95Seconds">95 % of the peers had less.</param>
/// <param name="Peers">How many there were.</param>
/// <param name="Text">For people.</param>
public sealed record UnusualMeasure(string Measure, double Seconds, double MedianSeconds, double P95Seconds, int Peers, string Text);

/// <summary>Something that happened at the same time. Whether it is a cause is for people to judge.</summary>
/// <param name="Kind"><c>running</c>, <c>queued</c>, <c>retries</c>, <c>leases_lost</c>, <c>put_back</c>, <c>worker_started</c>, <c>worker_gone</c> or <c>orchestrator_started</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="At">When the first of them happened, where it is one moment (UTC).</param>
/// <param name="Text">For people.</param>
/// <param name="Tasks">Some of the tasks that it is about.</param>
public sealed record Coincidence(string Kind, int Count, DateTimeOffset? At, string Text, IReadOnlyList<string> Tasks);

/// <summary>How far a source of evidence could be used.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<EvidenceStatus>))]
public enum EvidenceStatus
{
    /// <summary>It had something.</summary>
    Used,
    /// <summary>It answered, and had nothing.</summary>
    Empty,
    /// <summary>No address is configured.</summary>
    Off,
    /// <summary>It did not answer in time, or not sensibly.</summary>
    Unavailable,
}

/// <summary>A source of evidence.</summary>
/// <param name="Name"><c>journal</c>, <c>traces</c> or <c>logs</c>.</param>
/// <param name="Status">How far it could be used.</param>
/// <param name="Detail">For people: how much there was, or what is wrong and what to do.</param>
public sealed record EvidenceSource(string Name, EvidenceStatus Status, string Detail);
