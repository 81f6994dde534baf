using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentSystem.Protocol.Api;

namespace AgentSystem.WebConsole.Backends;

/// <summary>Follows the orchestrator's <c>GET /events</c>, across lost connections.</summary>
public sealed class TaskEventReader(IHttpClientFactory clients, TimeProvider time)
{
    // The orchestrator says something at least every 15 s; one that is silent for longer is gone without a goodbye.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Events without end, from the next one on.</summary>
    public IAsyncEnumerable<TaskEvent> FollowAsync(CancellationToken cancellationToken) => FollowAsync("events", null, cancellationToken);

    /// <summary>A task's events, from its first one on, without end.</summary>
    public IAsyncEnumerable<TaskEvent> FollowTaskAsync(string taskId, CancellationToken cancellationToken) =>
        FollowAsync($"events?task_id={Uri.EscapeDataString(taskId)}", 0, cancellationToken);

    private async IAsyncEnumerable<TaskEvent> FollowAsync(string path, long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var items = ReadAsync(path, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (items)
            {
                while (await MoveNextAsync(items, cancellationToken))
                {
                    after = items.Current.Seq;
                    yield return items.Current;
                }
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>A connection that breaks ends the stream just as one that is closed; who is down is said by what is asked for.</summary>
    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<TaskEvent> items, CancellationToken cancellationToken)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async IAsyncEnumerable<TaskEvent> ReadAsync(string path, long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(nameof(Backend.Orchestrator));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (after is { } seen)
            request.Headers.Add("Last-Event-ID", seen.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        response.EnsureSuccessStatusCode();
        await using var body = new WatchedStream(await response.Content.ReadAsStreamAsync(either.Token), () => silence.CancelAfter(LongestSilence));
        await foreach (var item in SseParser.Create(body, static (_, data) => Parse(data)).EnumerateAsync(either.Token))
        {
            if (item.Data is not null)
                yield return item.Data;
        }
    }

    /// <summary>A newer orchestrator may send kinds of events that we do not know; they are passed over.</summary>
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
}
