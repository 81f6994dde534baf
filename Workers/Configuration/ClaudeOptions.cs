using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Configuration;

/// <summary>How Claude is called, as an API and as Claude Code: section <c>Claude</c>.</summary>
public sealed class ClaudeOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Claude";

    /// <summary>The environment variable that holds the key.</summary>
    public const string ApiKeyVariable = "ANTHROPIC_API_KEY";

    /// <summary>The environment variable that names another API than Anthropic's.</summary>
    public const string BaseUrlVariable = "ANTHROPIC_BASE_URL";

    /// <summary>The key (<c>ANTHROPIC_API_KEY</c>). Without it there is no agent <c>anthropic</c>.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Address of the API (<c>ANTHROPIC_BASE_URL</c>).</summary>
    [Url(ErrorMessage = "Claude:BaseUrl (ANTHROPIC_BASE_URL) has to be an address such as https://api.anthropic.com.")]
    public string BaseUrl { get; set; } = "https://api.anthropic.com";

    /// <summary>The model, as the API takes it. The orchestrator has to know its price.</summary>
    [Required(ErrorMessage = "Claude:Model must name a model, for example claude-sonnet-5.")]
    public string Model { get; set; } = "claude-sonnet-5";

    /// <summary>Tokens that one answer may have at most.</summary>
    [Range(1, 128_000, ErrorMessage = "Claude:MaxTokens must lie between 1 and 128,000.")]
    public int MaxTokens { get; set; } = 8192;

    /// <summary>Calls of the model that one run of a task may take.</summary>
    [Range(1, 10_000, ErrorMessage = "Claude:MaxTurns must lie between 1 and 10,000.")]
    public int MaxTurns { get; set; } = 25;

    /// <summary>A document up to this many bytes goes into the prompt; a larger one is read by the model, piece by piece.</summary>
    [Range(0, 4 << 20, ErrorMessage = "Claude:MaxInlineBytes must lie between 0 and 4 MiB.")]
    public int MaxInlineBytes { get; set; } = 256 << 10;

    /// <summary>How long one attempt at a call may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00", ErrorMessage = "Claude:AttemptTimeout must lie between 10 ms and 1 h.")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the API may be silent within an attempt.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00", ErrorMessage = "Claude:IdleTimeout must lie between 10 ms and 1 h.")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a call may take with all its attempts and the waits between them.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "06:00:00", ErrorMessage = "Claude:TotalTimeout must lie between 10 ms and 6 h.")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Attempts after the first one; only what may pass by itself is tried again.</summary>
    [Range(0, 20, ErrorMessage = "Claude:MaxRetries must lie between 0 and 20.")]
    public int MaxRetries { get; set; } = 4;

    /// <summary>
    /// The wait before the second attempt; it doubles with each further one, with jitter. What the API asks for (Retry-After) goes before it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ErrorMessage = "Claude:RetryDelay must lie between 0 and 5 min.")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts. When the API asks for a longer one, the call fails and the task is tried again later.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "Claude:MaxRetryDelay must lie between 0 and 1 h.")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long agents bear with an orchestrator that does not answer, for example because it is started anew.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "Claude:OutagePatience must lie between 0 and 1 d.")]
    public TimeSpan OutagePatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>When calls of a model are given up for a while.</summary>
    [ValidateObjectMembers]
    public BreakerOptions Breaker { get; set; } = new();

    /// <summary>What is tried when the model, or the agent, cannot do it.</summary>
    public FallbackOptions Fallback { get; set; } = new();

    /// <summary>Puts prompts, answers and tools' contents on spans, redacted.</summary>
    public bool RecordContent { get; set; }

    /// <summary>Keeps what models were asked and answered on the shared volume, redacted, to be replayed.</summary>
    public bool Record { get; set; }

    /// <summary>Regular expressions (without look-around) of what else must not get into telemetry and recordings.</summary>
    public List<string> RedactPatterns { get; set; } = [];

    /// <summary>Who each worker is and what it does, by name; <c>*</c> stands for those that are not named.</summary>
    public Dictionary<string, PersonaOptions> Workers { get; set; } = [];

    /// <summary>What each task type means, by name.</summary>
    public Dictionary<string, TaskTypeOptions> TaskTypes { get; set; } = [];

    /// <summary>The agent <c>claude-code</c>.</summary>
    [ValidateObjectMembers]
    public ClaudeCodeOptions Code { get; set; } = new();

    /// <summary>The persona of <paramref name="worker"/>.</summary>
    public PersonaOptions PersonaOf(string worker) => Workers.GetValueOrDefault(worker) ?? Workers.GetValueOrDefault("*") ?? new();
}

/// <summary>When calls of a model are given up for a while: section <c>Claude:Breaker</c>.</summary>
public sealed class BreakerOptions
{
    /// <summary>The share of attempts that has to fail.</summary>
    [Range(0.01, 1, ErrorMessage = "Claude:Breaker:FailureRatio must lie between 0.01 and 1.")]
    public double FailureRatio { get; set; } = 0.6;

    /// <summary>Below this many attempts within <see cref="Window"/> nothing is concluded.</summary>
    [Range(2, 10_000, ErrorMessage = "Claude:Breaker:MinimumCalls must lie between 2 and 10,000.")]
    public int MinimumCalls { get; set; } = 20;

    /// <summary>The time that is looked back on.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00", ErrorMessage = "Claude:Breaker:Window must lie between 0.5 s and 1 d.")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long no call goes out then.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "1.00:00:00", ErrorMessage = "Claude:Breaker:Pause must lie between 0.5 s and 1 d.")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>What is tried next: section <c>Claude:Fallback</c>.</summary>
public sealed class FallbackOptions
{
    /// <summary>Models to go on with, in this order, when one does not answer.</summary>
    public List<string> Models { get; set; } = [];

    /// <summary>Agents to try, in this order, when one cannot do a task for a reason that is not the task's.</summary>
    public List<string> Agents { get; set; } = [];
}

/// <summary>Who a worker is: section <c>Claude:Workers:&lt;name&gt;</c>.</summary>
public sealed class PersonaOptions
{
    /// <summary>The system prompt, in a few lines.</summary>
    public string Persona { get; set; } = "You are a careful assistant that works on tasks on its own.";

    /// <summary>The task types that it does; empty for all of <c>Claude:TaskTypes</c>.</summary>
    public List<string> TaskTypes { get; set; } = [];

    /// <summary>The model that it uses; <c>Claude:Model</c> when not set.</summary>
    public string? Model { get; set; }

    /// <summary>The worker's own agent, where <c>Worker:Agent</c> does not name it: for settings that all workers are given.</summary>
    public string? Agent { get; set; }
}

/// <summary>What a task type means: section <c>Claude:TaskTypes:&lt;name&gt;</c>.</summary>
public sealed class TaskTypeOptions
{
    /// <summary>What is to be done.</summary>
    [Required]
    public string Instructions { get; set; } = "";

    /// <summary>The JSON schema of the output: a file beside the program, or the schema itself. Any text when not set.</summary>
    public string? Schema { get; set; }
}

/// <summary>How Claude Code is run: section <c>Claude:Code</c>.</summary>
public sealed class ClaudeCodeOptions
{
    /// <summary>The program: a path, or a name that is looked for on PATH.</summary>
    public string Executable { get; set; } = "claude";

    /// <summary>Turns that a run may take.</summary>
    [Range(1, 1000, ErrorMessage = "Claude:Code:MaxTurns must lie between 1 and 1,000.")]
    public int MaxTurns { get; set; } = 30;

    /// <summary>What a run may cost at most, in USD; that much is reserved for it.</summary>
    [Range(0.01, 1000, ErrorMessage = "Claude:Code:MaxBudgetUsd must lie between 0.01 and 1,000.")]
    public decimal MaxBudgetUsd { get; set; } = 1;

    /// <summary>How long a run may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Claude:Code:Timeout must lie between 1 s and 1 h.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long it may say nothing before it counts as stuck.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00", ErrorMessage = "Claude:Code:StallTimeout must lie between 100 ms and 1 h.")]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Its own attempts after the first at a call of the API.</summary>
    [Range(0, 10, ErrorMessage = "Claude:Code:MaxRetries must lie between 0 and 10.")]
    public int MaxRetries { get; set; } = 3;

    /// <summary>The tools that it has. They read in the allowed roots and write in the task's output folder, and nowhere else.</summary>
    public string AllowedTools { get; set; } = "Read,Write,Edit,Grep";
}
