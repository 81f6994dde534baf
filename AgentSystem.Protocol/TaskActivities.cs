using System.Diagnostics;
using OpenTelemetry;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Protocol;

/// <summary>
/// The spans of a task's life, in one place, so that every process draws the same picture:
/// <c>create</c> (PRODUCER) → <c>process</c> (CONSUMER) → <c>invoke_agent</c>, and <c>process</c> → <c>settle</c>; a status line is
/// <c>send</c> → <c>receive</c>. Follows the OpenTelemetry messaging conventions. Each method returns null when nobody listens.
/// </summary>
public static class TaskActivities
{
    private static readonly ActivitySource Source = new(TaskSource);

    /// <summary>The orchestrator accepts a task. Child of <paramref name="parent"/>, or a new trace that links to <paramref name="link"/>.</summary>
    public static Activity? StartCreate(string id, string type, TaskPriority priority, string worker, ActivityContext parent, ActivityContext link = default)
    {
        ActivityLink[]? links = link == default ? null : [new(link)];
        var activity = parent == default
            ? StartRoot(() => Source.StartActivity(Name(Spans.Create, worker), ActivityKind.Producer, default(ActivityContext), null, links))
            : Source.StartActivity(Name(Spans.Create, worker), ActivityKind.Producer, parent, null, links);
        return Describe(activity, Spans.Create, "create", id, type, worker, 1, priority);
    }

    /// <summary>
    /// A worker works on a task. The first attempt continues the task's trace; a retry is a trace of its own that links to the creation
    /// and to the attempt before, so that retries make no mega-trace. The task's baggage becomes current.
    /// </summary>
    public static Activity? StartProcess(AgentTask task)
    {
        var context = task.TraceContext.Extract();
        Baggage.Current = context.Baggage;
        var name = Name(Spans.Process, task.Worker);
        Activity? activity;
        if (task.Attempt <= 1)
        {
            activity = Source.StartActivity(name, ActivityKind.Consumer, context.ActivityContext);
        }
        else
        {
            var links = new[] { context.ActivityContext, new TraceCarrier(task.PreviousAttempt).ToActivityContext() }
                .Where(c => c != default).Select(c => new ActivityLink(c));
            activity = StartRoot(() => Source.StartActivity(name, ActivityKind.Consumer, default(ActivityContext), null, links));
        }
        return Describe(activity, Spans.Process, "process", task.Id, task.Type, task.Worker, task.Attempt, task.Priority);
    }

    /// <summary>The agent <paramref name="agent"/> does the work, within <see cref="StartProcess"/>.</summary>
    public static Activity? StartInvokeAgent(AgentTask task, string agent)
    {
        var activity = Source.StartActivity(Name(Spans.InvokeAgent, task.Worker));
        if (activity is not { IsAllDataRequested: true })
            return activity;
        return activity
            .SetTag(Attributes.GenAiOperation, Spans.InvokeAgent)
            .SetTag(Attributes.GenAiAgentName, task.Worker)
            .SetTag(Attributes.GenAiProvider, agent)
            .SetTag(Attributes.TaskId, task.Id)
            .SetTag(Attributes.TaskType, task.Type);
    }

    /// <summary>A call of a model, within <see cref="StartInvokeAgent"/>.</summary>
    public static Activity? StartChat(string model) =>
        Source.StartActivity(Name(Spans.Chat, model), ActivityKind.Client)?
            .SetTag(Attributes.GenAiOperation, Spans.Chat)
            .SetTag(Attributes.GenAiRequestModel, model);

    /// <summary>One step of an agent, within <see cref="StartInvokeAgent"/>.</summary>
    public static Activity? StartTool(string tool) =>
        Source.StartActivity(Name(Spans.ExecuteTool, tool))?
            .SetTag(Attributes.GenAiOperation, Spans.ExecuteTool)
            .SetTag(Attributes.GenAiToolName, tool);

    /// <summary>The orchestrator settles an attempt. Child of the attempt's <c>process</c> span.</summary>
    public static Activity? StartSettle(TaskResult result, string type, TaskPriority priority)
    {
        var activity = Source.StartActivity(Name(Spans.Settle, result.Worker), ActivityKind.Client, result.TraceContext.ToActivityContext());
        return Describe(activity, Spans.Settle, "settle", result.Id, type, result.Worker, result.Attempt, priority);
    }

    /// <summary>A status line is written, within the span that it reports on.</summary>
    public static Activity? StartSend(StatusLine line) =>
        DescribeLine(Source.StartActivity(PipeName(Spans.Send, line), ActivityKind.Producer), Spans.Send, "send", line);

    /// <summary>A status line was read. Child of the span that wrote it.</summary>
    public static Activity? StartReceive(StatusLine line)
    {
        var parent = new TraceCarrier(line.Traceparent).ToActivityContext();
        return DescribeLine(Source.StartActivity(PipeName(Spans.Receive, line), ActivityKind.Consumer, parent), Spans.Receive, "receive", line);
    }

    /// <summary>Marks a span as failed, by the conventions: status, <c>error.type</c> and a description for people.</summary>
    public static void Fail(this Activity? activity, string errorType, string message) =>
        activity?.SetTag(Attributes.ErrorType, errorType).SetStatus(ActivityStatusCode.Error, message);

    private static string Name(string operation, string destination) => $"{operation} {destination}";

    private static string PipeName(string operation, StatusLine line) => $"{operation} pipes/{line.Worker}";

    private static Activity? StartRoot(Func<Activity?> start)
    {
        var current = Activity.Current;
        Activity.Current = null;
        var activity = start();
        if (activity is null)
            Activity.Current = current;
        return activity;
    }

    private static Activity? Describe(
        Activity? activity, string operation, string operationType, string id, string type, string worker, int attempt, TaskPriority priority)
    {
        if (activity is not { IsAllDataRequested: true })
            return activity;
        return activity
            .SetTag(Attributes.MessagingSystem, MessagingSystem)
            .SetTag(Attributes.MessagingOperationName, operation)
            .SetTag(Attributes.MessagingOperationType, operationType)
            .SetTag(Attributes.MessagingDestination, worker)
            .SetTag(Attributes.MessagingMessageId, id)
            .SetTag(Attributes.Worker, worker)
            .SetTag(Attributes.TaskId, id)
            .SetTag(Attributes.TaskType, type)
            .SetTag(Attributes.TaskAttempt, attempt)
            .SetTag(Attributes.TaskPriority, priority.ToName());
    }

    private static Activity? DescribeLine(Activity? activity, string operation, string operationType, StatusLine line)
    {
        if (activity is not { IsAllDataRequested: true })
            return activity;
        return activity
            .SetTag(Attributes.MessagingSystem, MessagingSystem)
            .SetTag(Attributes.MessagingOperationName, operation)
            .SetTag(Attributes.MessagingOperationType, operationType)
            .SetTag(Attributes.MessagingDestination, "pipes/" + line.Worker)
            .SetTag(Attributes.Worker, line.Worker)
            .SetTag(Attributes.TaskId, line.TaskId)
            .SetTag(Attributes.TaskAttempt, line.Attempt)
            .SetTag(Attributes.LineStatus, line.Status.ToName());
    }
}
