using System.Collections.Immutable;
using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Live;

/// <summary>What happens to tasks, heard once for all pages: one stream for everything, and one for each task that somebody looks at.</summary>
public sealed partial class TaskEventFeed(TaskEventReader reader, IHostApplicationLifetime host, ILogger<TaskEventFeed> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Channel> _channels = new(StringComparer.Ordinal);

    /// <summary>Tells of each event of any task.</summary>
    /// <returns>Ends it when disposed.</returns>
    public IDisposable Follow(Action<TaskEvent> happened) => Join("", events => happened(events[^1]), reader.FollowAsync);

    /// <summary>Tells a task's events from its first one on: all that are known at once, and again with each new one.</summary>
    /// <returns>Ends it when disposed.</returns>
    public IDisposable FollowTask(string taskId, Action<ImmutableList<TaskEvent>> changed) =>
        Join(taskId, changed, cancellation => reader.FollowTaskAsync(taskId, cancellation));

    private Seat Join(string key, Action<ImmutableList<TaskEvent>> changed, Func<CancellationToken, IAsyncEnumerable<TaskEvent>> follow)
    {
        ImmutableList<TaskEvent> known;
        Channel? channel;
        lock (_lock)
        {
            if (!_channels.TryGetValue(key, out channel))
            {
                channel = new(keepsHistory: key.Length > 0, CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping));
                _channels[key] = channel;
                _ = RunAsync(channel, follow);
            }
            channel.Listeners = channel.Listeners.Add(changed);
            known = channel.Events;
        }
        if (known.Count > 0 && key.Length > 0)
            changed(known);
        return new(() => Leave(key, channel, changed));
    }

    private void Leave(string key, Channel channel, Action<ImmutableList<TaskEvent>> changed)
    {
        lock (_lock)
        {
            channel.Listeners = channel.Listeners.Remove(changed);
            if (channel.Listeners.Count > 0)
                return;
            _channels.Remove(key);
        }
        channel.Cancellation.Cancel();
        channel.Cancellation.Dispose();
    }

    private async Task RunAsync(Channel channel, Func<CancellationToken, IAsyncEnumerable<TaskEvent>> follow)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var untraced = Untraced.Start();
        try
        {
            await foreach (var happened in follow(channel.Cancellation.Token))
            {
                var events = channel.Add(happened);
                foreach (var listener in channel.Listeners)
                    Tell(listener, events);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }

    private void Tell(Action<ImmutableList<TaskEvent>> listener, ImmutableList<TaskEvent> events)
    {
        try
        {
            listener(events);
        }
#pragma warning disable CA1031 // A mistake of one who listens must not end it for the others.
        catch (Exception e)
        {
            LogFailed(logger, e);
        }
#pragma warning restore CA1031
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Somebody who follows tasks failed to take an event in; the others go on")]
    private static partial void LogFailed(ILogger logger, Exception error);

    private sealed class Channel(bool keepsHistory, CancellationTokenSource cancellation)
    {
        // A task that reports its progress for hours must not fill the memory; its beginning and its newest events tell the story.
        private const int MaxEvents = 2000;

        public ImmutableList<TaskEvent> Events { get; private set; } = [];

        public ImmutableList<Action<ImmutableList<TaskEvent>>> Listeners { get; set; } = [];

        public CancellationTokenSource Cancellation => cancellation;

        public ImmutableList<TaskEvent> Add(TaskEvent happened)
        {
            var events = keepsHistory ? Events.Add(happened) : [happened];
            return Events = events.Count > MaxEvents ? events.RemoveAt(MaxEvents / 10) : events;
        }
    }

    private sealed class Seat(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
