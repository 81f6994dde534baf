using System.Diagnostics;
using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using AgentSystem.Workers.Telemetry;

namespace AgentSystem.Workers.Status;

/// <summary>Tells the orchestrator over the pipe what happens to a task. It never waits and never fails: the files are the truth.</summary>
public sealed partial class StatusReporter(
    SharedVolume volume, WorkerIdentity identity, WorkerInstruments instruments, IEnumerable<ILineFault> faults, TimeProvider time,
    ILogger<StatusReporter> logger) : IDisposable
{
    private readonly string _path = volume.PipePath(identity.Worker);
    private readonly StatusPipeWriter? _pipe = OperatingSystem.IsWindows() ? null : new(volume.PipePath(identity.Worker));
    private PipeWriteOutcome _lastOutcome;

    /// <summary>Writes one line within a <c>send</c> span whose context the line carries.</summary>
    public void Send(AgentTask task, LineStatus status, double? progress = null, string? message = null)
    {
        var line = new StatusLine
        {
            TaskId = task.Id,
            Worker = identity.Worker,
            Attempt = task.Attempt,
            Status = status,
            Progress = progress,
            Message = message,
            At = time.GetUtcNow(),
        };
        using var activity = TaskActivities.StartSend(line);
        line = line with { Traceparent = Activity.Current?.Id ?? task.TraceContext.Traceparent ?? "" };

        var started = time.GetTimestamp();
        var outcome = Write(line.ToBytes());
        instruments.WriteLatency.Observe(time.GetElapsedTime(started).TotalSeconds);
        instruments.CountLine(status, outcome);
        if (outcome != PipeWriteOutcome.Written)
            activity.Fail(WorkerInstruments.ErrorType(outcome), "The line was dropped; the orchestrator will see it in the files.");
        LogChange(outcome);
    }

    /// <summary>Whether a line would arrive now. Writes nothing.</summary>
    public PipeWriteOutcome Probe() =>
        OperatingSystem.IsWindows() || _pipe is null ? PipeWriteOutcome.NoReader : _pipe.Probe();

    private PipeWriteOutcome Write(ReadOnlySpan<byte> line)
    {
        foreach (var fault in faults)
            if (fault.LosesLines)
                return PipeWriteOutcome.Written;
        return OperatingSystem.IsWindows() || _pipe is null ? PipeWriteOutcome.NoReader : _pipe.Write(line);
    }

    // One line in the log per change: a missing reader drops hundreds of lines a second.
    private void LogChange(PipeWriteOutcome outcome)
    {
        if (Interlocked.Exchange(ref _lastOutcome, outcome) == outcome)
            return;
        if (outcome == PipeWriteOutcome.Written)
            PipeWorks(_path);
        else
            PipeDrops(_path, WorkerInstruments.ErrorType(outcome));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
            _pipe?.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Status lines reach the reader of {Pipe} again")]
    private partial void PipeWorks(string pipe);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Status lines to {Pipe} are dropped ({Reason}); work goes on, and the orchestrator finds the files by its rescan")]
    private partial void PipeDrops(string pipe, string reason);
}
