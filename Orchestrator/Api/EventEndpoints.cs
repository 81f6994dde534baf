using System.Globalization;
using System.Text.Json;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Orchestrator.Api;

/// <summary>What happens to tasks, as server-sent events.</summary>
internal static class EventEndpoints
{
    private const int EventsPerRead = 500;
    private const string Comment = ":\n\n";

    /// <summary>The longest silence. Below what proxies take for the end of a connection.</summary>
    internal static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long an event waits for those after it. What happens to tasks comes in bursts, and right after what their callers wait for: who follows
    /// is told after both, once.
    /// </summary>
    internal static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(50);

    internal static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/events", Follow).WithTags("Events").WithName("FollowEvents").WithSummary("What happens to tasks, as it happens").WithQuery("after", "task_id")
            .WithDescription("Server-sent events. Resumes after the header Last-Event-ID or ?after=; begins with what comes next when neither is there. ?task_id= follows one task.")
            .Produces<TaskEvent>(StatusCodes.Status200OK, "text/event-stream").WithProblems(400);

    private static async Task Follow(HttpContext http, TaskJournal journal, IHostApplicationLifetime host, TimeProvider time)
    {
        var taskId = http.Request.Query["task_id"] is { Count: > 0 } id ? id.ToString() : null;
        if (taskId is not null && !TaskId.IsValid(taskId))
            throw new BadInputException(StatusCodes.Status400BadRequest, "task_id is no task id.", "An id has 1 to 64 letters, digits, '-' or '_'.");
        // A browser that reconnects repeats its address and knows better in the header.
        var after = After(http.Request.Headers["Last-Event-ID"].ToString(), "Last-Event-ID") ?? After(http.Request.Query["after"].ToString(), "after")
            ?? journal.Events.Last;
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            await WriteAsync(http.Response, journal, Math.Min(after, journal.Events.Last), taskId, time, cancellation.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The reader has left, or we do; it comes back with the id of its last event.
        }
    }

    private static async Task WriteAsync(
        HttpResponse response, TaskJournal journal, long after, string? taskId, TimeProvider time, CancellationToken cancellation)
    {
        // Clients and proxies learn at once, and again and again, that the stream lives.
        await WriteAsync(response, Comment, cancellation);
        while (true)
        {
            var newest = journal.Events.Last;
            var events = journal.Queries.EventsAfter(after, taskId, EventsPerRead);
            if (events.Count > 0)
                await WriteAsync(response, string.Concat(events.Select(Format)), cancellation);
            if (events.Count == EventsPerRead)
            {
                after = events[^1].Seq;
                continue;
            }
            after = Math.Max(newest, events.Count > 0 ? events[^1].Seq : after);
            while (!await ComesAsync(journal.Events, after, taskId, time, cancellation))
                await WriteAsync(response, Comment, cancellation);
            await Task.Delay(Burst, time, cancellation);
        }
    }

    /// <summary>False when none came for <see cref="KeepAlive"/>.</summary>
    private static async Task<bool> ComesAsync(EventSignal signal, long after, string? taskId, TimeProvider time, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(KeepAlive, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            await signal.WaitAfterAsync(after, taskId, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    // JSON has no line breaks, so an event's data is one line.
    private static string Format(TaskEvent e) =>
        string.Create(CultureInfo.InvariantCulture, $"id: {e.Seq}\nevent: {e.Event}\ndata: {JsonSerializer.Serialize(e, ApiJson.Default.TaskEvent)}\n\n");

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellation)
    {
        await response.WriteAsync(text, cancellation);
        await response.Body.FlushAsync(cancellation);
    }

    private static long? After(string text, string name)
    {
        if (text.Length == 0)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq
            : throw new BadInputException(StatusCodes.Status400BadRequest, $"{name} is no event id.", "Give the id of the last event that you have, a whole number.");
    }
}
