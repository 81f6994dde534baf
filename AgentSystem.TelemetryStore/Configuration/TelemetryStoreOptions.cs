using System.ComponentModel.DataAnnotations;

namespace AgentSystem.TelemetryStore.Configuration;

/// <summary>What the store has to know: section <c>TelemetryStore</c>, and the environment variables that every process shares.</summary>
public sealed class TelemetryStoreOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "TelemetryStore";

    /// <summary>The folder of the database files; <c>telemetry</c> beside the shared volume when not set.</summary>
    [Required(ErrorMessage = "Say where telemetry is kept: set TelemetryStore__Folder, or SHARED_DIR to keep it beside the shared volume.")]
    public string Folder { get; set; } = "";

    /// <summary>Root of the shared volume (<c>SHARED_DIR</c>), whose <c>logs/*.jsonl</c> are followed. Empty: none are.</summary>
    public string SharedDir { get; set; } = "";

    /// <summary>Where OTLP over gRPC is taken; port 0 takes any, <c>off</c> none.</summary>
    public string OtlpGrpcUrl { get; set; } = "http://127.0.0.1:4317";

    /// <summary>Where OTLP over HTTP is taken; port 0 takes any, <c>off</c> none.</summary>
    public string OtlpHttpUrl { get; set; } = "http://127.0.0.1:4318";

    /// <summary>Longest OTLP request in bytes, before and after it is unpacked.</summary>
    [Range(1024, 1 << 30, ErrorMessage = "TelemetryStore:MaxRequestBytes must lie between 1 KiB and 1 GiB.")]
    public int MaxRequestBytes { get; set; } = 20 << 20;

    /// <summary>Bytes that wait to be written at most; senders are asked to come again later when there are more.</summary>
    [Range(1024, 1 << 30, ErrorMessage = "TelemetryStore:QueueBytes must lie between 1 KiB and 1 GiB.")]
    public int QueueBytes { get; set; } = 24 << 20;

    /// <summary>How long telemetry is kept at least. Files go as a whole, so it stays for up to a sixteenth longer.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00", ErrorMessage = "TelemetryStore:RetentionAge must lie between 1 min and 3650 d.")]
    public TimeSpan RetentionAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Bytes on disk at most; the oldest file goes first.</summary>
    [Range(1L << 20, 1L << 50, ErrorMessage = "TelemetryStore:RetentionBytes must be at least 1 MiB.")]
    public long RetentionBytes { get; set; } = 4L << 30;

    /// <summary>How often retention, quiet traces and rotated log files are looked after.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00", ErrorMessage = "TelemetryStore:SweepInterval must lie between 10 ms and 1 h.")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Which traces are kept.</summary>
    public SamplingOptions Sampling { get; set; } = new();
}

/// <summary>
/// Tail sampling: section <c>TelemetryStore:Sampling</c>. Errors, tasks of critical or high priority and slow traces are always kept. The
/// collector samples by the same numbers (<c>infra/otel-collector/jaeger-sampled.yaml</c>).
/// </summary>
public sealed class SamplingOptions
{
    /// <summary>Off: every trace is kept.</summary>
    public bool Enabled { get; set; }

    /// <summary>How long a trace must be quiet before it is decided about.</summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Traces that take at least this long are kept.</summary>
    public TimeSpan SlowerThan { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Share of the rest that is kept, from 0 to 1; by the trace id, so that every process decides the same.</summary>
    [Range(0.0, 1.0, ErrorMessage = "TelemetryStore:Sampling:Share must lie between 0 and 1.")]
    public double Share { get; set; } = 0.1;
}
