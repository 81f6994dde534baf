using System.ComponentModel.DataAnnotations;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>Whether and how far faults may be injected: section <c>Chaos</c>.</summary>
public sealed class ChaosOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chaos";

    /// <summary>Whether faults may be injected at all.</summary>
    public bool Enabled { get; set; }

    /// <summary>The longest that a fault may last.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Chaos:MaxDuration must lie between 1 s and 1 day.")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The most bytes of the disk that a fault may take.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Chaos:MaxBallastBytes must not be negative.")]
    public long MaxBallastBytes { get; set; } = 2L << 30;

    /// <summary>Whether the system keeps its traces and logs in our own telemetry store. Others' programs are not ours to take away.</summary>
    public bool HasTelemetryStore { get; set; }
}
