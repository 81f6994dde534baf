using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>Hands lines on to those who follow, once they are on disk.</summary>
internal sealed class LogFollowers
{
    private ImmutableArray<Follower> _followers = [];

    internal Follower Add(Func<IReadOnlyList<Label>, bool> matches)
    {
        var follower = new Follower(matches, Remove);
        ImmutableInterlocked.Update(ref _followers, all => all.Add(follower));
        return follower;
    }

    internal void Publish(IReadOnlyList<LogEntry> entries)
    {
        foreach (var follower in _followers)
            follower.Offer(entries);
    }

    private void Remove(Follower follower) => ImmutableInterlocked.Update(ref _followers, all => all.Remove(follower));

    /// <summary>One who follows. Who writes never waits for it.</summary>
    internal sealed class Follower(Func<IReadOnlyList<Label>, bool> matches, Action<Follower> remove) : IDisposable
    {
        // As many lost lines as Loki tells of, and no more of them than fits into a few megabytes.
        private const int MaxBatches = 256, MaxDropped = 1000, MaxDroppedLength = 1 << 20;

        private readonly Channel<List<LogEntry>> _batches = Channel.CreateBounded<List<LogEntry>>(new BoundedChannelOptions(MaxBatches) { SingleReader = true });
        private readonly Lock _lock = new();
        private List<LogEntry> _dropped = [];
        private int _droppedLength;

        internal void Offer(IReadOnlyList<LogEntry> entries)
        {
            var wanted = new List<LogEntry>();
            foreach (var entry in entries)
                if (matches(entry.Stream))
                    wanted.Add(entry);
            if (wanted.Count > 0 && !_batches.Writer.TryWrite(wanted))
                Drop(wanted);
        }

        private void Drop(List<LogEntry> lost)
        {
            lock (_lock)
            {
                foreach (var entry in lost)
                {
                    if (_dropped.Count == MaxDropped || _droppedLength + entry.Line.Length > MaxDroppedLength)
                        return;
                    _dropped.Add(entry);
                    _droppedLength += entry.Line.Length;
                }
            }
        }

        private List<LogEntry> TakeDropped()
        {
            lock (_lock)
            {
                var dropped = _dropped;
                (_dropped, _droppedLength) = ([], 0);
                return dropped;
            }
        }

        internal async IAsyncEnumerable<FollowedLines> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var batch in _batches.Reader.ReadAllAsync(cancellationToken))
                yield return new(batch, TakeDropped());
        }

        public void Dispose() => remove(this);
    }
}
