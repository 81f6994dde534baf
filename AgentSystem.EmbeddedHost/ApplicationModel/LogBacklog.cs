using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.Execution;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The last lines of one replica's output, and those who watch for more.</summary>
internal sealed class LogBacklog(TimeProvider time)
{
    private const int KeptLines = 10_000;

    /// <summary>Each line begins with when it was said, in UTC and to the tick, and a space.</summary>
    private const string TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffffffK";

    private readonly Lock _gate = new();
    private readonly Queue<(string Content, bool IsError)> _lines = new();
    private readonly List<Channel<(string, bool)>> _watchers = [];
    private bool _complete;

    /// <summary>Is told when the first begins to watch and when the last has stopped.</summary>
    public event Action<bool>? AnySubscribersChanged;

    public RotatingFile? File { get; set; }

    public bool AnySubscribers
    {
        get
        {
            lock (_gate)
                return _watchers.Count > 0;
        }
    }

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines.Select((line, i) => new LogLine(i + 1, line.Content, line.IsError))];
        }
    }

    public void Add(string content, bool isError)
    {
        lock (_gate)
        {
            if (_complete)
                return;
            var line = ($"{time.GetUtcNow().UtcDateTime.ToString(TimestampFormat, CultureInfo.InvariantCulture)} {content}", isError);
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(line);
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

    /// <summary>What is kept, and then what comes; the numbers begin with 1 for everybody who watches.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<(string Content, bool IsError)>();
        Watch(channel);
        try
        {
            var number = 0;
            while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var batch = new List<LogLine>();
                while (channel.Reader.TryRead(out var line))
                    batch.Add(new(++number, line.Content, line.IsError));
                yield return batch;
            }
        }
        finally
        {
            StopWatching(channel);
        }
    }

    private void Watch(Channel<(string, bool)> channel)
    {
        lock (_gate)
        {
            foreach (var line in _lines)
                channel.Writer.TryWrite(line);
            if (_complete)
                channel.Writer.TryComplete();
            _watchers.Add(channel);
            if (_watchers.Count == 1)
                AnySubscribersChanged?.Invoke(true);
        }
    }

    private void StopWatching(Channel<(string, bool)> channel)
    {
        lock (_gate)
        {
            if (_watchers.Remove(channel) && _watchers.Count == 0)
                AnySubscribersChanged?.Invoke(false);
        }
    }
}
