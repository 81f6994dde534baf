using Prometheus;

namespace AgentSystem.TelemetryStore.Telemetry;

/// <summary>The ways in: values of the label <c>source</c>.</summary>
public static class Sources
{
    /// <summary>OTLP's gRPC port.</summary>
    public const string OtlpGrpc = "otlp_grpc";

    /// <summary>OTLP's HTTP port.</summary>
    public const string OtlpHttp = "otlp_http";

    /// <summary>Loki's <c>/loki/api/v1/push</c>.</summary>
    public const string LokiPush = "loki_push";

    /// <summary>Loki's <c>/otlp/v1/logs</c>.</summary>
    public const string LokiOtlp = "loki_otlp";

    /// <summary>Log files on the shared volume.</summary>
    public const string File = "file";

    internal static readonly (string Signal, string Source)[] All =
    [
        ("traces", OtlpGrpc), ("traces", OtlpHttp), ("metrics", OtlpGrpc), ("metrics", OtlpHttp),
        ("logs", OtlpGrpc), ("logs", OtlpHttp), ("logs", LokiPush), ("logs", LokiOtlp), ("logs", File),
    ];
}

/// <summary>What the store says about itself. Durations are in seconds; a label's values come from fixed lists.</summary>
public sealed class StoreInstruments
{
    /// <summary>Why something was refused. What is refused was not acknowledged.</summary>
    private static readonly string[] RejectReasons = ["malformed", "invalid", "too_large", "busy", "failed"];

    /// <summary>What is asked, and by which API.</summary>
    private static readonly string[] Queries =
    [
        "jaeger_services", "jaeger_operations", "jaeger_search", "jaeger_trace", "jaeger_dependencies", "jaeger_metrics",
        "loki_query", "loki_query_range", "loki_labels", "loki_label_values", "loki_series", "loki_tail", "loki_index_stats", "loki_index_volume",
        "loki_index_volume_range", "loki_detected_labels", "loki_detected_fields", "loki_detected_field_values",
    ];

    private readonly Counter _accepted, _rejected, _dropped, _bytes, _cut, _missed, _followed;
    private readonly Histogram _query;

    /// <summary>Makes the instruments, and every series of them: one that appears with its first event hides that event from rate().</summary>
    public StoreInstruments(IMetricFactory metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _accepted = metrics.CreateCounter("telemetry_store_accepted_total", "Spans, log lines and data points that were acknowledged, or read from files.", ["signal", "source"]);
        _rejected = metrics.CreateCounter("telemetry_store_rejected_total",
            "What was refused, by reason: spans, lines and data points where they could be counted, else requests.", ["signal", "source", "reason"]);
        _dropped = metrics.CreateCounter("telemetry_store_dropped_total",
            "Acknowledged spans that tail sampling let go (sampled), and files that retention deleted (expired).", ["signal", "reason"]);
        _bytes = metrics.CreateCounter("telemetry_store_received_bytes_total", "Bytes of accepted requests, unpacked, and of files.", ["signal", "source"]);
        _cut = metrics.CreateCounter("telemetry_store_cut_lines_total", "Lines of log files that were longer than lines may be, and lost their end.");
        _missed = metrics.CreateCounter("telemetry_store_missed_spans_total",
            "Spans that tail sampling let go before a late one showed that their trace had to stay; they are among the dropped ones.");
        _query = metrics.CreateHistogram("telemetry_store_query_duration_seconds", "How long queries took.", ["query"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0005, 2, 16) });
        QueueBytes = metrics.CreateGauge("telemetry_store_queue_bytes", "Bytes that wait to be written.");
        QueueLength = metrics.CreateGauge("telemetry_store_queue_length", "Requests that wait to be written.");
        Commit = metrics.CreateHistogram("telemetry_store_commit_duration_seconds", "How long a commit took, from its first insert until it was on disk.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0005, 2, 14) });
        DiskBytes = metrics.CreateGauge("telemetry_store_disk_bytes", "Bytes of the database files.");
        Partitions = metrics.CreateGauge("telemetry_store_partitions", "Number of database files.");
        OldestRecord = metrics.CreateGauge("telemetry_store_oldest_record_timestamp_seconds", "When the oldest record happened, in Unix seconds; 0 when there is none.");
        Followers = metrics.CreateGauge("telemetry_store_tail_followers", "Web sockets over which lines are followed.");
        _followed = metrics.CreateCounter("telemetry_store_tail_lines_total",
            "Lines that were sent to those who follow, and lines that one who was too slow was told to have lost (dropped).", ["result"]);
        UndecidedTraces = metrics.CreateGauge("telemetry_store_undecided_traces", "Traces that tail sampling has not decided about.");
        foreach (var (signal, source) in Sources.All)
        {
            _accepted.WithLabels(signal, source);
            _bytes.WithLabels(signal, source);
            foreach (var reason in RejectReasons)
                _rejected.WithLabels(signal, source, reason);
        }
        foreach (var query in Queries)
            _query.WithLabels(query);
        foreach (var result in (string[])["sent", "dropped"])
            _followed.WithLabels(result);
        _dropped.WithLabels("traces", "sampled");
        _dropped.WithLabels("files", "expired");
    }

    /// <summary>Bytes that wait.</summary>
    public Gauge QueueBytes { get; }

    /// <summary>Requests that wait.</summary>
    public Gauge QueueLength { get; }

    /// <summary>Durations of commits.</summary>
    public Histogram Commit { get; }

    /// <summary>Bytes on disk.</summary>
    public Gauge DiskBytes { get; }

    /// <summary>Files on disk.</summary>
    public Gauge Partitions { get; }

    /// <summary>When the oldest record happened.</summary>
    public Gauge OldestRecord { get; }

    /// <summary>How many follow lines.</summary>
    public Gauge Followers { get; }

    /// <summary>Traces that wait for a decision.</summary>
    public Gauge UndecidedTraces { get; }

    /// <summary>Counts what was acknowledged.</summary>
    /// <param name="signal"><c>traces</c>, <c>logs</c> or <c>metrics</c>.</param>
    /// <param name="source">One of <see cref="Sources"/>.</param>
    /// <param name="count">Spans, lines or data points.</param>
    /// <param name="bytes">Bytes of the request.</param>
    public void Accepted(string signal, string source, long count, long bytes)
    {
        _accepted.WithLabels(signal, source).Inc(count);
        _bytes.WithLabels(signal, source).Inc(bytes);
    }

    /// <summary>Counts lines that were kept without their end.</summary>
    public void Cut(int lines) => _cut.Inc(lines);

    /// <summary>Counts what was refused.</summary>
    public void Rejected(string signal, string source, string reason, long count = 1) => _rejected.WithLabels(signal, source, reason).Inc(count);

    /// <summary>Counts lines for one who follows.</summary>
    /// <param name="sent">How many were sent.</param>
    /// <param name="dropped">How many more it was told to have lost.</param>
    public void Followed(int sent, int dropped)
    {
        _followed.WithLabels("sent").Inc(sent);
        _followed.WithLabels("dropped").Inc(dropped);
    }

    /// <summary>Counts spans that tail sampling let go.</summary>
    public void Sampled(long spans) => _dropped.WithLabels("traces", "sampled").Inc(spans);

    /// <summary>Counts spans that a trace misses because tail sampling let them go too soon.</summary>
    public void Missed(int spans) => _missed.Inc(spans);

    /// <summary>Counts a file that retention deleted.</summary>
    public void Expired() => _dropped.WithLabels("files", "expired").Inc();

    /// <summary>Measures a query until the result is disposed.</summary>
    public Prometheus.ITimer Query(string query) => _query.WithLabels(query).NewTimer();

    /// <summary>Whether queries of this name are measured.</summary>
    public static bool IsQuery(string query) => Queries.Contains(query);
}
