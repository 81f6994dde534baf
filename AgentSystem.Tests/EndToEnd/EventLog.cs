using System.Net.ServerSentEvents;
using System.Text.Json;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.EndToEnd;

/// <summary>Reads the orchestrator's event stream, which has every transition of the journal in order.</summary>
internal static class EventLog
{
    /// <summary>All events from the first one on, until <paramref name="complete"/> says that it has seen enough.</summary>
    internal static async Task<List<TaskEvent>> ReadAsync(HttpClient orchestrator, Func<TaskEvent, bool> complete, TimeSpan limit)
    {
        using var cancellation = new CancellationTokenSource(limit);
        var events = new List<TaskEvent>();
        await using var stream = await orchestrator.GetStreamAsync("/events?after=0", cancellation.Token);
        var parser = SseParser.Create(stream, (_, data) => data.Length == 0 ? null : JsonSerializer.Deserialize(data, ApiJson.Default.TaskEvent));
        await foreach (var item in parser.EnumerateAsync(cancellation.Token))
        {
            if (item.Data is not { } e)
                continue;
            events.Add(e);
            if (complete(e))
                return events;
        }
        throw new InvalidOperationException($"The event stream ended after {events.Count} events.");
    }
}
