using System.Diagnostics;
using AgentSystem.Protocol;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace AgentSystem.ServiceDefaults.Instrumentation;

/// <summary>
/// One attempt at a task, from <see cref="TaskInstrumentation.Start"/> to <see cref="Dispose"/>. Say how it ended before it is disposed;
/// an attempt about which nothing was said failed as <c>abandoned</c>.
/// </summary>
public sealed class TaskScope : IDisposable
{
    private readonly Action<TaskScope, TimeSpan?> _ended;
    private readonly TimeProvider _time;
    private readonly IDisposable? _logScope;
    private readonly Activity? _outerActivity;
    private readonly Baggage _outerBaggage;
    private readonly long _started;
    private Outcome _outcome;
    private bool _disposed;

    internal TaskScope(AgentTask task, ILogger logger, TimeProvider time, Action<TaskScope, TimeSpan?> ended)
    {
        (_outerActivity, _outerBaggage) = (System.Diagnostics.Activity.Current, Baggage.Current);
        _time = time;
        _ended = ended;
        _started = time.GetTimestamp();
        Activity = TaskActivities.StartProcess(task);
        _logScope = logger.BeginScope(TaskInstrumentation.LogProperties(task, Activity));
    }

    private enum Outcome
    {
        None,
        Completed,
        Failed,
        Released,
    }

    /// <summary>The attempt's <c>process</c> span; null when nobody listens.</summary>
    public Activity? Activity { get; }

    /// <summary>The work is done.</summary>
    public void Complete() => _outcome = Outcome.Completed;

    /// <summary>The work was not done.</summary>
    /// <param name="errorType">A stable, low-cardinality name such as <c>file_not_found</c>.</param>
    /// <param name="message">For people: what went wrong and what to do about it.</param>
    public void Fail(string errorType, string message)
    {
        _outcome = Outcome.Failed;
        Activity.Fail(errorType, message);
    }

    /// <summary>The work goes back unfinished, or was taken away: neither a success nor a failure, and no duration is recorded.</summary>
    public void Release()
    {
        _outcome = Outcome.Released;
        Activity?.SetTag(TelemetryNames.Attributes.TaskState, "released");
    }

    /// <summary>Ends the span, records the duration and takes the task's properties off the log.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_outcome == Outcome.None)
            Fail("abandoned", "The attempt ended without saying how; call Complete, Fail or Release before the scope is disposed.");
        _ended(this, _outcome == Outcome.Released ? null : _time.GetElapsedTime(_started));
        Activity?.Dispose();
        (System.Diagnostics.Activity.Current, Baggage.Current) = (_outerActivity, _outerBaggage);
        _logScope?.Dispose();
    }
}
