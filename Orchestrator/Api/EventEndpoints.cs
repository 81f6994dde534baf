using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentSystem.Orchestrator.Api;

/// <summary>What happens to tasks, as server-sent events.</summary>
internal static class EventEndpoints
{
    private const int EventsPerRead = 500;

    internal static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/events", Follow).WithTags("Events").WithName("FollowEvents").WithSummary("What happens to tasks, as it happens")
            .WithDescription("Server-sent events. Resumes after the header Last-Event-ID or ?after=; begins with what comes next when neither is there. ?task_id= follows one task.")
            .Produces<TaskEvent>(StatusCodes.Status200OK, "text/event-stream").WithProblems(400);

    private static ServerSentEventsResult<string> Follow(HttpContext http, TaskJournal journal, IHostApplicationLifetime host)
    {
        var taskId = http.Request.Query["task_id"] is { Count: > 0 } id ? id.ToString() : null;
        if (taskId is not null && !TaskId.IsValid(taskId))
            throw new BadInputException(StatusCodes.Status400BadRequest, "task_id is no task id.", "An id has 1 to 64 letters, digits, '-' or '_'.");
        // A browser that reconnects repeats its address and knows better in the header.
        var after = After(http.Request.Headers["Last-Event-ID"].ToString(), "Last-Event-ID") ?? After(http.Request.Query["after"].ToString(), "after")
            ?? journal.Events.Last;
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        http.Response.RegisterForDispose(cancellation);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.ServerSentEvents(ReadAsync(journal, Math.Min(after, journal.Events.Last), taskId, cancellation.Token));
    }

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(
        TaskJournal journal, long after, string? taskId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var newest = journal.Events.Last;
            var events = journal.Queries.EventsAfter(after, taskId, EventsPerRead);
            foreach (var e in events)
                yield return new(JsonSerializer.Serialize(e, ApiJson.Default.TaskEvent), e.Event) { EventId = e.Seq.ToString(CultureInfo.InvariantCulture) };
            if (events.Count == EventsPerRead)
            {
                after = events[^1].Seq;
                continue;
            }
            after = Math.Max(newest, events.Count > 0 ? events[^1].Seq : after);
            try
            {
                await journal.Events.WaitAfterAsync(after, cancellation);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }
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
