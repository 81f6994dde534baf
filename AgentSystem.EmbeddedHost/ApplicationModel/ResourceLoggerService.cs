using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.Execution;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's output; the first has number 1.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>Keeps the last lines of each resource's output and shows them to whoever watches.</summary>
public class ResourceLoggerService : IDisposable
{
    private const int KeptLines = 10_000;

    private readonly ConcurrentDictionary<string, Backlog> _backlogs = new(StringComparer.OrdinalIgnoreCase);

    public ILogger GetLogger(IResource resource) => GetLogger(resource.Name);

    public ILogger GetLogger(string resourceName) => new BacklogLogger(For(resourceName));

    /// <summary>What is kept of the resource's output.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.Name);

    /// <inheritdoc cref="GetAllAsync(IResource)"/>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return For(resourceName).Lines;
    }

    /// <summary>What is kept of the resource's output, and then each line as it comes.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    /// <inheritdoc cref="WatchAsync(IResource)"/>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => For(resourceName).WatchAsync(CancellationToken.None);

    /// <summary>Ends the watches: nothing more will come.</summary>
    public void Complete(IResource resource) => Complete(resource.Name);

    /// <inheritdoc cref="Complete(IResource)"/>
    public void Complete(string name) => For(name).Complete();

    /// <summary>Forgets what was kept.</summary>
    public void ClearBacklog(string resourceName) => For(resourceName).Clear();

    /// <summary>Ends all watches and closes the files.</summary>
    public void Dispose()
    {
        foreach (var backlog in _backlogs.Values)
            backlog.Complete();
        GC.SuppressFinalize(this);
    }

    internal void Write(IResource resource, string line, bool isError) => For(resource.Name).Add(line, isError);

    internal void WriteTo(IResource resource, RotatingFile file) => For(resource.Name).File = file;

    private Backlog For(string name) => _backlogs.GetOrAdd(name, _ => new Backlog());

    private sealed class Backlog
    {
        private readonly Lock _gate = new();
        private readonly Queue<LogLine> _lines = new();
        private readonly List<Channel<LogLine>> _watchers = [];
        private int _count;
        private bool _complete;

        public RotatingFile? File { get; set; }

        public IReadOnlyList<LogLine> Lines
        {
            get
            {
                lock (_gate)
                    return [.. _lines];
            }
        }

        public void Add(string content, bool isError)
        {
            lock (_gate)
            {
                var line = new LogLine(++_count, content, isError);
                _lines.Enqueue(line);
                if (_lines.Count > KeptLines)
                    _lines.Dequeue();
                foreach (var watcher in _watchers)
                    watcher.Writer.TryWrite(line);
                if (!_complete)
                    File?.Append(content);
            }
        }

        public void Complete()
        {
            lock (_gate)
            {
                _complete = true;
                foreach (var watcher in _watchers)
                    watcher.Writer.TryComplete();
                File?.Dispose();
            }
        }

        public void Clear()
        {
            lock (_gate)
                _lines.Clear();
        }

        public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var channel = Channel.CreateUnbounded<LogLine>();
            lock (_gate)
            {
                foreach (var line in _lines)
                    channel.Writer.TryWrite(line);
                if (_complete)
                    channel.Writer.TryComplete();
                _watchers.Add(channel);
            }

            try
            {
                await foreach (var line in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                    yield return [line];
            }
            finally
            {
                lock (_gate)
                    _watchers.Remove(channel);
            }
        }
    }

    private sealed class BacklogLogger(Backlog backlog) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            backlog.Add(exception is null ? formatter(state, exception) : $"{formatter(state, exception)}: {exception.Message}", logLevel >= LogLevel.Error);
    }
}
