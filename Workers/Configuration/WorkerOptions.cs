using System.ComponentModel.DataAnnotations;

namespace AgentSystem.Workers.Configuration;

/// <summary>What a worker process has to know: section <c>Worker</c>, and the environment variables that every process shares.</summary>
public sealed class WorkerOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Worker";

    /// <summary>The environment variable that names the worker.</summary>
    public const string NameVariable = "WORKER_NAME";

    /// <summary>Whose folders these are, for example <c>marie</c> (<c>WORKER_NAME</c>).</summary>
    [Required(ErrorMessage = "Say which worker this is: set WORKER_NAME, for example WORKER_NAME=marie.")]
    [RegularExpression("[a-z0-9][a-z0-9_-]{0,62}", ErrorMessage = "WORKER_NAME becomes a folder's name: use 1 to 63 of a-z, 0-9, '-' and '_', starting with a letter or digit.")]
    public string Name { get; set; } = "";

    /// <summary>Root of the shared volume (<c>SHARED_DIR</c>).</summary>
    [Required(ErrorMessage = "Say where the shared volume is: set SHARED_DIR to the folder that the orchestrator uses too.")]
    public string SharedDir { get; set; } = "";

    /// <summary>How many tasks are worked on at once at most.</summary>
    [Range(1, 1024, ErrorMessage = "Worker:Concurrency must lie between 1 and 1024.")]
    public int Concurrency { get; set; } = 4;

    /// <summary>How often the folder is listed in case an inotify event was lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00", ErrorMessage = "Worker:RescanInterval must lie between 10 ms and 10 min.")]
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a claim holds without a sign of life. It is renewed every third of that, and has to match the orchestrator's.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.300", "01:00:00", ErrorMessage = "Worker:LeaseDuration must lie between 300 ms and 1 h.")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the process gives a sign of life.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00", ErrorMessage = "Worker:HeartbeatInterval must lie between 100 ms and 1 min.")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long running tasks may go on after SIGTERM before they are put back.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "Worker:DrainGrace must lie between 0 and 1 h.")]
    public TimeSpan DrainGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The agent that works when the task does not ask for another one. When not set: <c>Claude:Workers:&lt;name&gt;:Agent</c>, else <c>anthropic</c>
    /// where there is a key for it, else <c>offline</c>.
    /// </summary>
    public string Agent { get; set; } = "";

    /// <summary>Adds the agent <c>simulate</c>, which sleeps or fails on request: for tests and fault drills.</summary>
    public bool EnableTestAgent { get; set; }

    /// <summary>Below this many free bytes on the shared volume the worker calls itself unhealthy.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Worker:MinFreeBytes must not be negative.")]
    public long MinFreeBytes { get; set; } = 64L << 20;

}
