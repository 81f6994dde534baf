using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.Execution;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's output; the first has number 1.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>Whether anybody watches a resource's output.</summary>
public readonly record struct LogSubscriber(string Name, bool AnySubscribers);

/// <summary>Keeps the last lines of each replica's output and shows them to whoever watches. A text names a replica by its id.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, LogBacklog> _backlogs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposing = new();

    private event Action<string, LogBacklog>? Added;

    /// <summary>Writes into the output of each replica.</summary>
    public ILogger GetLogger(IResource resource) => new BacklogLogger([.. ReplicaIds.Of(resource).Select(For)]);

    /// <summary>Writes into the output of one.</summary>
    public ILogger GetLogger(string resourceName) => new BacklogLogger([For(resourceName)]);

    /// <summary>What is kept of the output of each replica.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => Merge(ReplicaIds.Of(resource), GetAllAsync);

    /// <summary>What is kept of the output of one.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return For(resourceName).Lines;
    }

    /// <summary>What is kept of the output of each replica, and then each line as it comes.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => Merge(ReplicaIds.Of(resource), WatchAsync);

    /// <summary>What is kept of the output of one, and then each line as it comes.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => For(resourceName).WatchAsync();

    /// <summary>Tells, for each replica, when somebody begins to watch its output and when nobody does any more.</summary>
    public async IAsyncEnumerable<LogSubscriber> WatchAnySubscribersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_disposing.Token, cancellationToken);
        var channel = Channel.CreateUnbounded<LogSubscriber>();
        var followed = new List<(LogBacklog Backlog, Action<bool> Follow)>();
        lock (_gate)
        {
            Added += Follow;
            foreach (var (name, backlog) in _backlogs)
                Follow(name, backlog);
        }

        try
        {
            await foreach (var subscriber in channel.Reader.ReadAllAsync(over.Token).ConfigureAwait(false))
                yield return subscriber;
        }
        finally
        {
            lock (_gate)
            {
                Added -= Follow;
                foreach (var (backlog, follow) in followed)
                    backlog.AnySubscribersChanged -= follow;
            }
        }

        void Follow(string name, LogBacklog backlog)
        {
            Action<bool> follow = any => channel.Writer.TryWrite(new(name, any));
            followed.Add((backlog, follow));
            backlog.AnySubscribersChanged += follow;
            if (backlog.AnySubscribers)
                follow(true);
        }
    }

    /// <summary>Ends the watches: nothing more will come.</summary>
    public void Complete(IResource resource)
    {
        foreach (var id in ReplicaIds.Of(resource))
            Complete(id);
    }

    /// <inheritdoc cref="Complete(IResource)"/>
    public void Complete(string name)
    {
        if (_backlogs.TryGetValue(name, out var backlog))
            backlog.Complete();
    }

    /// <summary>Forgets what was kept.</summary>
    public void ClearBacklog(string resourceName)
    {
        if (_backlogs.TryGetValue(resourceName, out var backlog))
            backlog.Clear();
    }

    /// <summary>Ends all watches and closes the files.</summary>
    public void Dispose()
    {
        foreach (var backlog in _backlogs.Values)
            backlog.Complete();
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    internal void Write(string id, string line, bool isError) => For(id).Add(line, isError);

    internal void WriteTo(IResource resource, RotatingFile file)
    {
        foreach (var id in ReplicaIds.Of(resource))
            For(id).File = file;
    }

    private LogBacklog For(string name)
    {
        if (_backlogs.TryGetValue(name, out var known))
            return known;
        lock (_gate)
        {
            var backlog = new LogBacklog(TimeProvider.System);
            if (!_backlogs.TryAdd(name, backlog))
                return _backlogs[name];
            Added?.Invoke(name, backlog);
            return backlog;
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<LogLine>> Merge(
        IReadOnlyList<string> ids, Func<string, IAsyncEnumerable<IReadOnlyList<LogLine>>> read, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateUnbounded<IReadOnlyList<LogLine>>();
        var reading = Task.WhenAll(ids.Select(ReadAsync));
        _ = reading.ContinueWith(_ => channel.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (var lines in channel.Reader.ReadAllAsync(over.Token).ConfigureAwait(false))
                yield return lines;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task ReadAsync(string id)
        {
            await foreach (var lines in read(id).WithCancellation(over.Token).ConfigureAwait(false))
                channel.Writer.TryWrite(lines);
        }
    }

    private sealed class BacklogLogger(LogBacklog[] backlogs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            foreach (var backlog in backlogs)
                backlog.Add(exception is null ? formatter(state, exception) : $"{formatter(state, exception)}\n{exception}", logLevel >= LogLevel.Error);
        }
    }
}
