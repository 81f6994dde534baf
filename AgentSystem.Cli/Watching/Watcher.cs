using System.Threading.Channels;
using AgentSystem.Cli.Api;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Watching;

/// <summary>Hands on events until there is nothing more to watch.</summary>
internal sealed class Watcher(ApiClient api, TimeProvider time, Action<string> note)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(500);

    /// <param name="onEvent">Gets every event, one at a time, in order.</param>
    /// <param name="isOver">Asked twice a second. It has to say so twice with no event in between, so that the last events are still seen.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async Task RunAsync(Action<TaskEvent> onEvent, Func<CancellationToken, Task<bool>> isOver, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A null is a tick of the clock.
        var items = Channel.CreateUnbounded<TaskEvent?>(new UnboundedChannelOptions { SingleReader = true });
        var follow = FollowAsync(items.Writer, stop.Token);
        var tick = TickAsync(items.Writer, stop.Token);
        try
        {
            var wasOver = false;
            await foreach (var item in items.Reader.ReadAllAsync(stop.Token))
            {
                if (item is not null)
                {
                    onEvent(item);
                    wasOver = false;
                    continue;
                }
                var over = await isOver(stop.Token);
                if (over && wasOver)
                    return;
                wasOver = over;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(follow, tick);
        }
    }

    private async Task FollowAsync(ChannelWriter<TaskEvent?> items, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in new EventStream(api, time, note).FollowAsync(cancellationToken))
                items.TryWrite(item);
        }
        catch (OperationCanceledException)
        {
            // The watch is over.
        }
        catch (Exception e)
        {
            items.TryComplete(e);
        }
    }

    private async Task TickAsync(ChannelWriter<TaskEvent?> items, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CheckInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                items.TryWrite(null);
        }
        catch (OperationCanceledException)
        {
            // The watch is over.
        }
    }
}
