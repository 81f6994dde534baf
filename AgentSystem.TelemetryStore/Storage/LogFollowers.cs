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
        private const int MaxBatches = 256;

        private readonly Channel<List<LogEntry>> _batches = Channel.CreateBounded<List<LogEntry>>(new BoundedChannelOptions(MaxBatches) { SingleReader = true });
        private int _dropped;

        internal void Offer(IReadOnlyList<LogEntry> entries)
        {
            var wanted = new List<LogEntry>();
            foreach (var entry in entries)
                if (matches(entry.Stream))
                    wanted.Add(entry);
            if (wanted.Count > 0 && !_batches.Writer.TryWrite(wanted))
                Interlocked.Add(ref _dropped, wanted.Count);
        }

        internal async IAsyncEnumerable<FollowedLines> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var batch in _batches.Reader.ReadAllAsync(cancellationToken))
                yield return new(batch, Interlocked.Exchange(ref _dropped, 0));
        }

        public void Dispose() => remove(this);
    }
}
