using System.Diagnostics;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Instrumentation;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Configuration;
using AgentSystem.Workers.Status;

namespace AgentSystem.Workers.Tasks;

/// <summary>Runs one claimed task to its end: result published, put back, or lost.</summary>
public sealed partial class TaskRunner(
    WorkerIdentity identity, TaskInstrumentation instrumentation, StatusReporter status, TaskClaimer claimer,
    ResultPublisher results, ActiveTasks active, AgentSelector agents, DocumentReader documents, IEnumerable<IAttemptFault> faults, TimeProvider time,
    ILogger<TaskRunner> logger)
{
    /// <summary>How long an agent may take to stop after it was told to.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    /// <summary>Has the metrics of the tasks that can come be there before the first of them.</summary>
    public void Expect()
    {
        foreach (var type in agents.TaskTypes)
            instrumentation.Expect(identity.Worker, type);
    }

    /// <summary>Works on <paramref name="claim"/>; puts it back when <paramref name="drain"/> is cancelled before it is done.</summary>
    public async Task RunAsync(ActiveTask claim, CancellationToken drain)
    {
        var task = claim.Task;
        using var scope = instrumentation.Start(task);
        scope.Activity?.SetTag(TelemetryNames.Attributes.TaskSlotWait, claim.SlotWait.TotalSeconds);
        try
        {
            var startedAt = time.GetUtcNow();
            status.Send(task, LineStatus.Claimed);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(claim.Lost, drain);
            var ending = await WorkAsync(claim, stop.Token);
            if (ending is null && !claim.Lost.IsCancellationRequested)
                Release(claim, scope);
            else if (ending is null || !claimer.IsOurs(claim) || !claim.TryEnd())
                Abandon(scope);
            else
                Settle(claim, scope, startedAt, ending);
        }
        finally
        {
            active.Remove(claim);
        }
    }

    /// <summary>The output or the error; null when it was stopped.</summary>
    private async Task<Ending?> WorkAsync(ActiveTask claim, CancellationToken stop)
    {
        var task = claim.Task;
        if (task.Deadline <= time.GetUtcNow())
            return Ending.TooLate(task);
        using var deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        if (task.Deadline - time.GetUtcNow() is { TotalDays: < 40 } left)
            deadline.CancelAfter(left);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        try
        {
            return new Ending(await DoAsync(claim, either.Token), null);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return Ending.TooLate(task);
        }
        catch (AgentException e)
        {
            AgentFailed(null, e.ErrorType, e.Message);
            return Ending.Failed(e.ErrorType, e.Message, e.Retryable);
        }
        catch (Exception e)
        {
            // A fault of the agent's, not of the task's: another attempt may well end differently.
            AgentFailed(e, "agent_error", e.Message);
            return Ending.Failed("agent_error", $"{e.GetType().Name}: {e.Message}", retryable: true);
        }
    }

    /// <summary>Has the task's agent do it, and where that cannot, for no fault of the task's, those that stand in for it.</summary>
    private async Task<JsonElement> DoAsync(ActiveTask claim, CancellationToken cancellation)
    {
        var task = claim.Task;
        var agent = agents.Select(task);
        status.Send(task, LineStatus.Started, progress: 0, message: $"agent {agent.Name}");
        var (tried, insteadOf) = (new List<string>(), new List<AgentSubstitution>());
        while (true)
        {
            tried.Add(agent.Name);
            try
            {
                return AgentNote.Add(await InvokeAsync(agent, claim, cancellation), agent.Name, insteadOf);
            }
            catch (AgentException e) when (!cancellation.IsCancellationRequested && agents.StandIn(task, tried, e) is { } next)
            {
                insteadOf.Add(new(agent.Name, e.ErrorType, e.Message));
                StandsIn(next.Name, agent.Name, e.ErrorType, e.Message);
                status.Send(task, LineStatus.Progress, message: $"agent {next.Name} instead of {agent.Name}: {e.ErrorType}");
                agent = next;
            }
        }
    }

    private async Task<JsonElement> InvokeAsync(IAgent agent, ActiveTask claim, CancellationToken cancellation)
    {
        var task = claim.Task;
        using var activity = TaskActivities.StartInvokeAgent(task, agent.Name);
        var throttle = new ProgressThrottle(time);
        var context = new AgentContext(task, documents, time, (fraction, message) =>
        {
            if (throttle.Admits(fraction))
                status.Send(task, LineStatus.Progress, fraction, message);
        })
        {
            LeavePlaceWhileAsync = claim.Slot is { } slot ? slot.LeaveWhileAsync : null,
        };
        try
        {
            // On a thread of its own, so that an agent that never yields can be left behind.
            var work = Task.Run(() => RunAsync(agent, context, cancellation), CancellationToken.None);
            try
            {
                return await work.WaitAsync(cancellation);
            }
            catch (OperationCanceledException) when (!work.IsCompleted)
            {
                return await work.WaitAsync(StopGrace, time, CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            activity.Fail(e is AgentException known ? known.ErrorType : e is OperationCanceledException ? "cancelled" : "agent_error", e.Message);
            throw;
        }
    }

    private async Task<JsonElement> RunAsync(IAgent agent, AgentContext context, CancellationToken cancellation)
    {
        foreach (var fault in faults)
            await fault.BeforeAsync(cancellation);
        return await agent.RunAsync(context, cancellation);
    }

    /// <summary>Result first, then the claim, then the line: whoever reads the line finds the result.</summary>
    private void Settle(ActiveTask claim, TaskScope scope, DateTimeOffset startedAt, Ending ending)
    {
        var task = claim.Task;
        var result = new TaskResult
        {
            Id = task.Id,
            Worker = identity.Worker,
            Instance = identity.Instance,
            Attempt = task.Attempt,
            Status = ending.Error is null ? ResultStatus.Completed : ResultStatus.Failed,
            StartedAt = startedAt,
            FinishedAt = time.GetUtcNow(),
            Output = ending.Output is { ValueKind: not JsonValueKind.Undefined } output ? output : null,
            Error = ending.Error is { } error ? error with { Attempt = task.Attempt, At = time.GetUtcNow() } : null,
            TraceContext = scope.Activity is null ? task.TraceContext : TraceCarrier.From(scope.Activity),
        };
        byte[] bytes;
        try
        {
            bytes = JsonSerializer.SerializeToUtf8Bytes(result, ProtocolJson.Default.TaskResult);
        }
        catch (Exception e) when (ending.Output is not null && e is JsonException or InvalidOperationException or ArgumentException or ObjectDisposedException)
        {
            Settle(claim, scope, startedAt, Ending.Unwritable(e));
            return;
        }
        if (bytes.Length > ProtocolLimits.ResultFileBytes)
        {
            Settle(claim, scope, startedAt, Ending.TooLarge(bytes.Length));
            return;
        }
        try
        {
            if (!results.TryPublish(task, bytes))
            {
                Superseded();
                Abandon(scope);
                return;
            }
            // Publishing may have taken long, too: what lies there now may be the next attempt's.
            if (claimer.IsOurs(claim))
                File.Delete(claim.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The active file stays and is no longer renewed: when the lease runs out, the orchestrator gives the task to somebody.
            scope.Fail("publish_failed", e.Message);
            CannotPublish(e);
            return;
        }
        if (ending.Error is null)
        {
            status.Send(task, LineStatus.Completed, progress: 1);
            Completed((result.FinishedAt - startedAt).TotalMilliseconds);
            scope.Complete();
        }
        else
        {
            status.Send(task, LineStatus.Failed, message: $"{ending.Error.Type}: {ending.Error.Message}");
            scope.Fail(ending.Error.Type, ending.Error.Message);
        }
    }

    private void Release(ActiveTask claim, TaskScope scope)
    {
        if (!claimer.TryRelease(claim))
        {
            Abandon(scope);
            return;
        }
        status.Send(claim.Task, LineStatus.Released, message: "the worker stops");
        scope.Release();
        Released();
    }

    private static void Abandon(TaskScope scope)
    {
        scope.Activity?.AddEvent(new ActivityEvent("task taken away"));
        scope.Release();
    }

    private sealed record Ending(JsonElement? Output, TaskError? Error)
    {
        public static Ending Failed(string type, string message, bool retryable) => new(null, new TaskError(type, message, retryable));

        public static Ending TooLate(AgentTask task) =>
            Failed("deadline_exceeded", $"The deadline {task.Deadline:O} has passed. Submit the task again with a later one if it is still wanted.", retryable: false);

        public static Ending Unwritable(Exception e) =>
            Failed("invalid_output", $"The agent's output cannot be written as JSON: {e.Message}", retryable: false);

        public static Ending TooLarge(int bytes) =>
            Failed("result_too_large", $"The result has {bytes:N0} bytes; at most {ProtocolLimits.ResultFileBytes:N0} are allowed. Ask for less.", retryable: false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Completed after {DurationMs:0.0} ms")]
    private partial void Completed(double durationMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The agent failed: {ErrorType}: {Error}")]
    private partial void AgentFailed(Exception? e, string errorType, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The agent {Next} takes over from {Agent}, which cannot do it ({ErrorType}: {Error})")]
    private partial void StandsIn(string next, string agent, string errorType, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The result could not be published; the orchestrator retries the task once its lease has run out")]
    private partial void CannotPublish(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is a result of this or a later attempt already; ours is dropped")]
    private partial void Superseded();

    [LoggerMessage(Level = LogLevel.Information, Message = "Put back unfinished: the worker stops")]
    private partial void Released();
}
