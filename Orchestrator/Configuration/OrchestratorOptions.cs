using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Configuration;

/// <summary>What the orchestrator has to know: section <c>Orchestrator</c>, and the environment variables that every process shares.</summary>
public sealed class OrchestratorOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Orchestrator";

    /// <summary>The environment variable that names the journal's file.</summary>
    public const string DatabaseVariable = "ORCHESTRATOR_DB";

    /// <summary>The task types that the offline agents know: what every worker does unless <see cref="Workers"/> says otherwise.</summary>
    public static readonly IReadOnlyList<string> DefaultTypes = ["document_analysis", "summarize", "process_document"];

    /// <summary>Root of the shared volume (<c>SHARED_DIR</c>).</summary>
    [Required(ErrorMessage = "Say where the shared volume is: set SHARED_DIR to a folder that the workers use too.")]
    public string SharedDir { get; set; } = "";

    /// <summary>The journal's file (<c>ORCHESTRATOR_DB</c>); <c>journal/orchestrator.db</c> beside the shared volume when not set.</summary>
    public string Database { get; set; } = "";

    /// <summary>Folders that a payload's path may lie in (<c>Agents__AllowedRoots</c>, separated by <see cref="Path.PathSeparator"/>). Empty: none.</summary>
    public string AllowedRoots { get; set; } = "";

    /// <summary>
    /// The workers and the task types that each does, separated by commas: <c>Orchestrator__Workers__marie=summarize,process_document</c>.
    /// <c>*</c> stands for <see cref="DefaultTypes"/>. Empty: marie, anga and fabien, each of them doing all.
    /// </summary>
    public Dictionary<string, string> Workers { get; set; } = [];

    /// <summary>Unsettled tasks beyond which new ones are refused with 429.</summary>
    [Range(1, 10_000_000, ErrorMessage = "Orchestrator:MaxPending must lie between 1 and 10,000,000.")]
    public int MaxPending { get; set; } = 50_000;

    /// <summary>Attempts that a task gets when it does not say.</summary>
    [Range(1, 100, ErrorMessage = "Orchestrator:MaxAttempts must lie between 1 and 100.")]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Task files that lie in a worker's folder at most; the rest wait in the journal, where later urgent ones overtake them.</summary>
    [Range(1, 10_000, ErrorMessage = "Orchestrator:Window must lie between 1 and 10,000.")]
    public int Window { get; set; } = 64;

    /// <summary>How often the folders are scanned in case an inotify event or a status line was lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00", ErrorMessage = "Orchestrator:RescanInterval must lie between 10 ms and 10 min.")]
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often due retries and deadlines are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00", ErrorMessage = "Orchestrator:TickInterval must lie between 10 ms and 1 min.")]
    public TimeSpan TickInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a claim holds without a sign of life from its worker.</summary>
    [Range(typeof(TimeSpan), "00:00:00.300", "01:00:00", ErrorMessage = "Orchestrator:LeaseDuration must lie between 300 ms and 1 h.")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a worker's process counts as alive after its last sign of life.</summary>
    [Range(typeof(TimeSpan), "00:00:00.300", "01:00:00", ErrorMessage = "Orchestrator:HeartbeatTimeout must lie between 300 ms and 1 h.")]
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Upper bound of the wait before the second attempt; it doubles with each further one, and the wait is drawn from all below it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "Orchestrator:RetryBaseDelay must lie between 0 and 1 h.")]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before another attempt.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "24:00:00", ErrorMessage = "Orchestrator:RetryMaxDelay must lie between 0 and 24 h.")]
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Events that are kept for readers of <c>GET /events</c> who come back.</summary>
    [Range(1_000, 100_000_000, ErrorMessage = "Orchestrator:EventRetention must lie between 1,000 and 100,000,000.")]
    public int EventRetention { get; set; } = 200_000;

    /// <summary>How long things are kept that nothing happens to any more.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>How far agents may hand tasks on.</summary>
    [ValidateObjectMembers]
    public SubtaskOptions Subtasks { get; set; } = new();

    /// <summary>How long a question to a person stays open when it does not say.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00", ErrorMessage = "Orchestrator:AnswerWithin must lie between 10 s and 30 days.")]
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>How far agents may hand tasks on: section <c>Orchestrator:Subtasks</c>.</summary>
public sealed class SubtaskOptions
{
    /// <summary>How many tasks may stand in a row, each handed in by the one before; 1 means that none hands on.</summary>
    [Range(1, 20, ErrorMessage = "Orchestrator:Subtasks:MaxDepth must lie between 1 and 20.")]
    public int MaxDepth { get; set; } = 3;

    /// <summary>How many tasks one task may hand in.</summary>
    [Range(0, 1_000, ErrorMessage = "Orchestrator:Subtasks:MaxPerTask must lie between 0 and 1,000.")]
    public int MaxPerTask { get; set; } = 10;
}

/// <summary>How long things are kept: section <c>Orchestrator:Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>
    /// How long a settled task is kept after it was settled, with its result, its dead letter and its idempotency key. Zero: for ever.
    /// </summary>
    public TimeSpan Settled { get; set; } = TimeSpan.FromDays(7);
}
