using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Api;

/// <summary>Follows <c>GET /events</c> across lost connections: it goes on after the last event that it has seen.</summary>
internal sealed class EventStream(ApiClient api, TimeProvider time, Action<string> note)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    /// <summary>How long a system may be gone (a restart takes seconds) before it counts as stopped.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Events as they happen, without end.</summary>
    /// <exception cref="CliException">The first connection failed, the server refused, or it stayed away for a minute.</exception>
    public async IAsyncEnumerable<TaskEvent> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? lastEventId = null;
        var connectedOnce = false;
        var delay = FirstDelay;
        var lostAt = time.GetTimestamp();
        while (true)
        {
            HttpResponseMessage? response = null;
            try
            {
                response = await api.OpenEventsAsync(lastEventId, cancellationToken);
            }
            catch (CliException e) when (connectedOnce && IsTransient(e) && time.GetElapsedTime(lostAt) < Patience)
            {
                note($"{e.Message}; trying again in {Format.Duration(delay)}");
            }

            if (response is not null)
            {
                if (connectedOnce)
                    note("Connected again.");
                connectedOnce = true;
                using (response)
                {
                    await foreach (var item in ReadAsync(response, cancellationToken))
                    {
                        delay = FirstDelay;
                        lastEventId = item.EventId ?? lastEventId;
                        if (item.Data is not null)
                            yield return item.Data;
                    }
                }
                lostAt = time.GetTimestamp();
                note("The event stream ended; connecting again.");
            }
            await Task.Delay(delay, time, cancellationToken);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    private static async IAsyncEnumerable<SseItem<TaskEvent?>> ReadAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var items = SseParser.Create(body, static (_, data) => Parse(data)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(items))
            yield return items.Current;
    }

    /// <summary>A connection that breaks ends the stream just as one that is closed.</summary>
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SseItem<TaskEvent?>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>A newer server may send kinds of events that we do not know; they are passed over.</summary>
    private static TaskEvent? Parse(ReadOnlySpan<byte> data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, ApiJson.Default.TaskEvent);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsTransient(CliException e) => e.ExitCode is ExitCode.NotReachable or ExitCode.ServerFault;
}
