using System.Collections.Concurrent;
using AgentSystem.Protocol;
using Prometheus;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Orchestrator.Telemetry;

/// <summary>The metrics that only the orchestrator can know. Children are cached; a worker's series go with the worker.</summary>
public sealed class OrchestratorInstruments(IMetricFactory metrics)
{
    /// <summary>The status of what came through a pipe and is no line.</summary>
    public const string InvalidLine = "invalid";

    private static readonly double[] WaitBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600];

    private static readonly string[] LineStatuses = [.. Enum.GetValues<LineStatus>().Select(status => status.ToName()), InvalidLine];

    private readonly ConcurrentDictionary<string, Series> _workers = [];
    private readonly ConcurrentDictionary<(string Type, TaskPriority Priority), Counter.Child> _createdChildren = [];

    private readonly Counter _created = metrics.CreateCounter(
        TelemetryNames.Metrics.TaskCreated, "Tasks that were accepted.", [Labels.TaskType, Labels.Priority]);
    private readonly Counter _completed = metrics.CreateCounter(
        TelemetryNames.Metrics.TaskCompleted, "Tasks that were settled with a result.", [Labels.Worker, Labels.TaskType]);
    private readonly Counter _failed = metrics.CreateCounter(
        TelemetryNames.Metrics.TaskFailed, "Attempts that failed.", [Labels.Worker, Labels.TaskType, Labels.ErrorType]);
    private readonly Counter _retried = metrics.CreateCounter(
        TelemetryNames.Metrics.TaskRetried, "Failed attempts that another one follows.", [Labels.Worker, Labels.TaskType]);
    private readonly Counter _dead = metrics.CreateCounter(
        TelemetryNames.Metrics.TaskDead, "Tasks that were given up: failed attempts that no other one follows.", [Labels.Worker, Labels.TaskType]);
    private readonly Histogram _wait = metrics.CreateHistogram(
        TelemetryNames.Metrics.TaskQueueWait, "Time from a task's acceptance to the start of its first attempt.", [Labels.Worker, Labels.TaskType],
        new HistogramConfiguration { Buckets = WaitBuckets });
    private readonly Gauge _depth = metrics.CreateGauge(
        TelemetryNames.Metrics.TaskQueueDepth, "Unsettled tasks by where they are.", [Labels.Worker, Labels.Status]);
    private readonly Gauge _age = metrics.CreateGauge(
        TelemetryNames.Metrics.TaskBacklogAge, "Age of the oldest task that nobody works on; 0 when there is none.", [Labels.Worker]);
    private readonly Counter _lost = metrics.CreateCounter(
        TelemetryNames.Metrics.WorkerProcessesLost, "Processes of the worker that ceased to give a sign of life without having left.", [Labels.Worker]);
    private readonly Counter _received = metrics.CreateCounter(
        TelemetryNames.Metrics.PipeMessagesReceived, "Status lines read from a worker's pipe; 'invalid' are those that are none.", [Labels.Worker, Labels.Status]);

    /// <summary>A process of the worker gives no sign of life any more, and did not say that it leaves.</summary>
    public void Lost(string worker) => LostOf(worker).Inc();

    /// <summary>
    /// The worker does tasks of this type. Its counters are there from now on, at zero: Prometheus does not see the first increase of a counter
    /// that comes into being with it.
    /// </summary>
    public void Expect(string worker, string type)
    {
        foreach (var priority in Enum.GetValues<TaskPriority>())
            CreatedOf(type, priority);
        CompletedOf(worker, type);
        RetriedOf(worker, type);
        DeadOf(worker, type);
        WaitOf(worker, type);
        LostOf(worker);
        foreach (var status in LineStatuses)
            ReceivedOf(worker, status);
    }

    /// <summary>A task was accepted.</summary>
    public void Created(string type, TaskPriority priority) => CreatedOf(type, priority).Inc();

    /// <summary>A task was settled with a result.</summary>
    public void Completed(string worker, string type) => CompletedOf(worker, type).Inc();

    /// <summary>An attempt failed.</summary>
    public void Failed(string worker, string type, string errorType) =>
        Of(worker).Failed.GetOrAdd((type, errorType), key => _failed.WithLabels(worker, key.Type, key.Error)).Inc();

    /// <summary>A failed attempt will be followed by another.</summary>
    public void Retried(string worker, string type) => RetriedOf(worker, type).Inc();

    /// <summary>A task was given up.</summary>
    public void Dead(string worker, string type) => DeadOf(worker, type).Inc();

    /// <summary>A task's first attempt began.</summary>
    public void Started(string worker, string type, TimeSpan wait) => WaitOf(worker, type).Observe(Math.Max(0, wait.TotalSeconds));

    /// <summary>Where the worker's unsettled tasks are now.</summary>
    public void Depth(string worker, string status, int count) => Of(worker).Depth.GetOrAdd(status, s => _depth.WithLabels(worker, s)).Set(count);

    /// <summary>How long the worker's oldest waiting task has been waiting.</summary>
    public void BacklogAge(string worker, TimeSpan age)
    {
        Of(worker);
        _age.WithLabels(worker).Set(Math.Max(0, age.TotalSeconds));
    }

    /// <summary>A line came through the worker's pipe.</summary>
    public void Received(string worker, string status) => ReceivedOf(worker, status).Inc();

    /// <summary>Takes the series of all workers but <paramref name="workers"/> off <c>/metrics</c>.</summary>
    public void KeepOnly(IReadOnlyCollection<string> workers)
    {
        foreach (var worker in _workers.Keys.Where(w => !workers.Contains(w)))
        {
            if (!_workers.TryRemove(worker, out var gone))
                continue;
            foreach (var type in gone.Completed.Keys)
                _completed.RemoveLabelled(worker, type);
            foreach (var (type, error) in gone.Failed.Keys)
                _failed.RemoveLabelled(worker, type, error);
            foreach (var type in gone.Retried.Keys)
                _retried.RemoveLabelled(worker, type);
            foreach (var type in gone.Dead.Keys)
                _dead.RemoveLabelled(worker, type);
            foreach (var type in gone.Wait.Keys)
                _wait.RemoveLabelled(worker, type);
            foreach (var status in gone.Depth.Keys)
                _depth.RemoveLabelled(worker, status);
            foreach (var status in gone.Received.Keys)
                _received.RemoveLabelled(worker, status);
            _age.RemoveLabelled(worker);
            _lost.RemoveLabelled(worker);
        }
    }

    private Counter.Child LostOf(string worker)
    {
        Of(worker);
        return _lost.WithLabels(worker);
    }

    private Counter.Child CreatedOf(string type, TaskPriority priority) =>
        _createdChildren.GetOrAdd((type, priority), static (key, c) => c.WithLabels(key.Type, key.Priority.ToName()), _created);

    private Counter.Child CompletedOf(string worker, string type) => Of(worker).Completed.GetOrAdd(type, t => _completed.WithLabels(worker, t));

    private Counter.Child RetriedOf(string worker, string type) => Of(worker).Retried.GetOrAdd(type, t => _retried.WithLabels(worker, t));

    private Counter.Child DeadOf(string worker, string type) => Of(worker).Dead.GetOrAdd(type, t => _dead.WithLabels(worker, t));

    private Counter.Child ReceivedOf(string worker, string status) => Of(worker).Received.GetOrAdd(status, s => _received.WithLabels(worker, s));

    private Histogram.Child WaitOf(string worker, string type) => Of(worker).Wait.GetOrAdd(type, t => _wait.WithLabels(worker, t));

    private Series Of(string worker) => _workers.GetOrAdd(worker, static _ => new());

    private sealed class Series
    {
        internal ConcurrentDictionary<string, Counter.Child> Completed { get; } = [];
        internal ConcurrentDictionary<(string Type, string Error), Counter.Child> Failed { get; } = [];
        internal ConcurrentDictionary<string, Counter.Child> Retried { get; } = [];
        internal ConcurrentDictionary<string, Counter.Child> Dead { get; } = [];
        internal ConcurrentDictionary<string, Histogram.Child> Wait { get; } = [];
        internal ConcurrentDictionary<string, Gauge.Child> Depth { get; } = [];
        internal ConcurrentDictionary<string, Counter.Child> Received { get; } = [];
    }
}
