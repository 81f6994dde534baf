using System.ComponentModel.DataAnnotations;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>The limits of Loki's API, with the defaults of Loki 3.7: section <c>Loki</c>.</summary>
public sealed class LokiOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Loki";

    /// <summary>Series that a metric query may return.</summary>
    [Range(1, 100_000, ErrorMessage = "Loki:MaxQuerySeries must lie between 1 and 100,000.")]
    public int MaxQuerySeries { get; set; } = 500;

    /// <summary>Lines that a log query may ask for.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Loki:MaxEntriesLimit must lie between 1 and 1,000,000.")]
    public int MaxEntriesLimit { get; set; } = 5000;

    /// <summary>How long a query may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Loki:QueryTimeout must lie between 1 s and 1 h.")]
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a query's time range may be; 0 for any length.</summary>
    public TimeSpan MaxQueryLength { get; set; } = TimeSpan.FromHours(721);

    /// <summary>Queries that are followed at the same time.</summary>
    [Range(1, 1000, ErrorMessage = "Loki:MaxConcurrentTails must lie between 1 and 1,000.")]
    public int MaxConcurrentTails { get; set; } = 10;

    /// <summary>Longest line that is taken, in UTF-8 bytes.</summary>
    [Range(1, 1 << 26, ErrorMessage = "Loki:MaxLineBytes must lie between 1 byte and 64 MiB.")]
    public int MaxLineBytes { get; set; } = 256 << 10;

    /// <summary>Longest push request, in bytes, before and after it is unpacked.</summary>
    [Range(1024, 1 << 30, ErrorMessage = "Loki:MaxPushBytes must lie between 1 KiB and 1 GiB.")]
    public int MaxPushBytes { get; set; } = 16 << 20;

    /// <summary>How old a line may be when it is pushed.</summary>
    public TimeSpan RejectOlderThan { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How far in the future a pushed line may be.</summary>
    public TimeSpan CreationGracePeriod { get; set; } = TimeSpan.FromMinutes(10);
}
