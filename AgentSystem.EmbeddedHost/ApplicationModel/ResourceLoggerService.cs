using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>Keeps the last lines of each resource's output and shows them to whoever watches.</summary>
public class ResourceLoggerService
{
    private const int KeptLines = 10_000;

    private readonly ConcurrentDictionary<string, Backlog> _backlogs = new(StringComparer.OrdinalIgnoreCase);

    public ILogger GetLogger(IResource resource) => GetLogger(resource.Name);

    public ILogger GetLogger(string resourceName) => new BacklogLogger(For(resourceName));

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return For(resource.Name).Lines;
    }

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => For(resourceName).WatchAsync(CancellationToken.None);

    public void Complete(IResource resource) => For(resource.Name).Complete();

    internal void Write(IResource resource, string line, bool isError) => For(resource.Name).Add(line, isError);

    internal void WriteTo(IResource resource, string file) => For(resource.Name).File = file;

    private Backlog For(string name) => _backlogs.GetOrAdd(name, _ => new Backlog());

    private sealed class Backlog
    {
        private const long LargestFile = 10 * 1024 * 1024;
        private readonly Lock _gate = new();
        private readonly Queue<LogLine> _lines = new();
        private readonly List<Channel<LogLine>> _watchers = [];
        private int _count;
        private bool _complete;

        public string? File { get; set; }

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
                if (File is not null)
                    Append(File, content);
            }
        }

        public void Complete()
        {
            lock (_gate)
            {
                _complete = true;
                foreach (var watcher in _watchers)
                    watcher.Writer.TryComplete();
            }
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

        private static void Append(string file, string content)
        {
            if (new FileInfo(file) is { Exists: true, Length: > LargestFile })
                System.IO.File.Move(file, file + ".1", overwrite: true);
            System.IO.File.AppendAllText(file, content + "\n");
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
