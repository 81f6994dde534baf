using System.Collections.Concurrent;
using AgentSystem.Protocol;
using Prometheus;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.ServiceDefaults.Instrumentation;

/// <summary>The metrics of attempts.</summary>
internal sealed class TaskInstruments(IMetricFactory metrics)
{
    // Exactly 30 is the latency objective's threshold; agents' tasks go on well past ten minutes.
    private static readonly double[] DurationBuckets =
        [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];

    private readonly Histogram _duration = metrics.CreateHistogram(
        TelemetryNames.Metrics.TaskProcessingDuration,
        "Time from the start of an attempt to its end, successes and failures alike.",
        [Labels.Worker, Labels.TaskType],
        new HistogramConfiguration { Buckets = DurationBuckets });

    private readonly Gauge _active = metrics.CreateGauge(
        TelemetryNames.Metrics.ActiveTasks, "Attempts that are being worked on now.", [Labels.Worker]);

    private readonly ConcurrentDictionary<(string Worker, string Type), Series> _series = [];

    internal Series For(string worker, string type) =>
        _series.GetOrAdd((worker, type), static (key, self) => new(self._duration.WithLabels(key.Worker, key.Type), self._active.WithLabels(key.Worker)), this);

    /// <summary>Removes the series of one worker, or of all.</summary>
    internal void Forget(string? worker)
    {
        foreach (var key in _series.Keys.Where(k => worker is null || k.Worker == worker))
        {
            _series.TryRemove(key, out _);
            _duration.RemoveLabelled(key.Worker, key.Type);
            _active.RemoveLabelled(key.Worker);
        }
    }

    internal sealed record Series(Histogram.Child Duration, Gauge.Child Active);
}
