using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using Prometheus;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Workers.Telemetry;

/// <summary>The metrics of the watcher and of the pipe. Children are looked up once, here.</summary>
public sealed class WorkerInstruments
{
    private readonly Dictionary<WatcherEvent, Counter.Child> _events;
    private readonly Dictionary<LineStatus, Counter.Child> _sent;
    private readonly Dictionary<PipeWriteOutcome, Counter.Child> _errors;

    public WorkerInstruments(IMetricFactory metrics, WorkerIdentity identity)
    {
        var worker = identity.Worker;
        var events = metrics.CreateCounter(
            TelemetryNames.Metrics.WatcherEvents, "What the folder watcher saw and did.", [Labels.Worker, Labels.Event]);
        _events = Enum.GetValues<WatcherEvent>().ToDictionary(e => e, e => events.WithLabels(worker, e.ToName()));

        var sent = metrics.CreateCounter(
            TelemetryNames.Metrics.PipeMessagesSent, "Status lines that were written to the pipe.", [Labels.Worker, Labels.Status]);
        _sent = Enum.GetValues<LineStatus>().ToDictionary(s => s, s => sent.WithLabels(worker, s.ToName()));

        var errors = metrics.CreateCounter(
            TelemetryNames.Metrics.PipeConnectionErrors, "Status lines that were dropped.", [Labels.Worker, Labels.ErrorType]);
        _errors = Enum.GetValues<PipeWriteOutcome>().Where(o => o != PipeWriteOutcome.Written)
            .ToDictionary(o => o, o => errors.WithLabels(worker, ErrorType(o)));

        TriggerLatency = metrics.CreateHistogram(
            TelemetryNames.Metrics.WatcherTriggerLatency, "From a task file's last write to the moment the watcher has read it.", [Labels.Worker],
            new HistogramConfiguration { Buckets = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30] }).WithLabels(worker);
        WatcherHeartbeat = metrics.CreateGauge(
            TelemetryNames.Metrics.WatcherHeartbeat, "When the folder watcher last went round (Unix seconds).", [Labels.Worker]).WithLabels(worker);
        WriteLatency = metrics.CreateHistogram(
            TelemetryNames.Metrics.PipeWriteLatency, "How long it took to write a status line.", [Labels.Worker],
            new HistogramConfiguration { Buckets = [.000005, .00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .1] }).WithLabels(worker);
    }

    /// <summary>From a task file's last write to the moment the watcher has read it, in seconds.</summary>
    public Histogram.Child TriggerLatency { get; }

    /// <summary>When the watcher last went round, in Unix seconds.</summary>
    public Gauge.Child WatcherHeartbeat { get; }

    /// <summary>How long it took to write a status line, in seconds.</summary>
    public Histogram.Child WriteLatency { get; }

    /// <summary>Counts what the watcher saw or did.</summary>
    public void Count(WatcherEvent e) => _events[e].Inc();

    /// <summary>Counts a status line.</summary>
    public void CountLine(LineStatus status, PipeWriteOutcome outcome)
    {
        if (outcome == PipeWriteOutcome.Written)
            _sent[status].Inc();
        else
            _errors[outcome].Inc();
    }

    /// <summary>The outcome as a label and an <c>error.type</c>.</summary>
    public static string ErrorType(PipeWriteOutcome outcome) => outcome switch
    {
        PipeWriteOutcome.NoReader => "no_reader",
        PipeWriteOutcome.Full => "full",
        PipeWriteOutcome.NotAPipe => "not_a_pipe",
        _ => "",
    };
}

/// <summary>What the folder watcher sees and does: the label <c>event</c>.</summary>
public enum WatcherEvent
{
    /// <summary>inotify told of a file.</summary>
    Notified,
    /// <summary>A rescan found a file that inotify had not told of.</summary>
    Rescued,
    /// <summary>inotify lost events.</summary>
    Overflow,
    /// <summary>A file was claimed.</summary>
    Claimed,
    /// <summary>Another process was faster, or the task was cancelled.</summary>
    LostRace,
    /// <summary>A file was moved aside.</summary>
    Quarantined,
    /// <summary>A claimed task was taken away.</summary>
    LeaseLost,
    /// <summary>A claimed task was put back.</summary>
    Released,
}

/// <summary>Names of <see cref="WatcherEvent"/>.</summary>
public static class WatcherEventNames
{
    /// <summary>The event as a label.</summary>
    public static string ToName(this WatcherEvent e) => e switch
    {
        WatcherEvent.Notified => "notified",
        WatcherEvent.Rescued => "rescued",
        WatcherEvent.Overflow => "overflow",
        WatcherEvent.Claimed => "claimed",
        WatcherEvent.LostRace => "lost_race",
        WatcherEvent.Quarantined => "quarantined",
        WatcherEvent.LeaseLost => "lease_lost",
        _ => "released",
    };
}
