using System.Diagnostics;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AgentSystem.ServiceDefaults.Instrumentation;

/// <summary>
/// Puts an attempt at a task on all three signals at once: the <c>process</c> span, <c>task_processing_duration_seconds</c> and
/// <c>active_tasks</c>, and the task's ids on every log line. Safe for concurrent use.
/// </summary>
public sealed class TaskInstrumentation(IMetricFactory metrics, ILogger<TaskInstrumentation> logger, TimeProvider time) : IDisposable
{
    private readonly TaskInstruments _instruments = new(metrics);

    /// <summary>
    /// Has the series of <paramref name="worker"/> for tasks of this type be there from now on, at zero. Prometheus does not see the first
    /// increase of a series that comes into being with it.
    /// </summary>
    public void Expect(string worker, string type) => _instruments.For(worker, type);

    /// <summary>Begins an attempt. Dispose what it returns when the attempt is over.</summary>
    public TaskScope Start(AgentTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var series = _instruments.For(task.Worker, task.Type);
        series.Active.Inc();
        return new(task, logger, time, (scope, duration) =>
        {
            series.Active.Dec();
            if (duration is { } elapsed)
                series.Duration.Observe(elapsed.TotalSeconds, TraceExemplar.Of(scope.Activity));
        });
    }

    /// <summary>The properties that make a log line belong to <paramref name="task"/>, for <see cref="ILogger.BeginScope"/>.</summary>
    public static IReadOnlyDictionary<string, object> LogProperties(AgentTask task, Activity? activity = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        var properties = new Dictionary<string, object>
        {
            [TelemetryNames.Logs.TaskId] = task.Id,
            [TelemetryNames.Logs.TaskType] = task.Type,
            [TelemetryNames.Logs.Worker] = task.Worker,
            [TelemetryNames.Logs.Attempt] = task.Attempt,
        };
        if ((task.TraceContext.TraceId ?? activity?.TraceId.ToHexString()) is { } correlationId)
            properties[TelemetryNames.Logs.CorrelationId] = correlationId;
        return properties;
    }

    /// <summary>Takes the series of a worker that is gone off <c>/metrics</c>.</summary>
    public void Forget(string worker) => _instruments.Forget(worker);

    /// <summary>Takes every series off <c>/metrics</c>.</summary>
    public void Dispose() => _instruments.Forget(worker: null);
}
