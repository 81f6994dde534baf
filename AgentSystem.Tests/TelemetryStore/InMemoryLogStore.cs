using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AgentSystem.TelemetryStore.LogQl.Evaluation;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.Tests.TelemetryStore;

/// <summary>A log store without a disk.</summary>
internal sealed class InMemoryLogStore : ILogStore
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private readonly List<(Func<IReadOnlyList<Label>, bool> Matches, ChannelWriter<FollowedLines> Lines)> _followers = [];

    public int Followers
    {
        get
        {
            lock (_lock)
                return _followers.Count;
        }
    }

    public ValueTask AppendAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                if (!_entries.Exists(e => e.TimestampNanos == entry.TimestampNanos && e.Line == entry.Line && e.Number == entry.Number && e.Stream.SequenceEqual(entry.Stream) && e.Metadata.SequenceEqual(entry.Metadata)))
                    _entries.Add(entry);
            }
            foreach (var (matches, lines) in _followers)
            {
                if (entries.Where(e => matches(e.Stream)).ToArray() is { Length: > 0 } wanted)
                    lines.TryWrite(new(wanted, []));
            }
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells all who follow, whether they want it or not.</summary>
    public void Publish(FollowedLines followed)
    {
        lock (_lock)
        {
            foreach (var (_, lines) in _followers)
                lines.TryWrite(followed);
        }
    }

    public IEnumerable<LogEntry> Select(LogSelection selection, CancellationToken cancellationToken)
    {
        var matches = LabelPredicate.Compile(selection.Matchers);
        lock (_lock)
        {
            var ordered = _entries.OrderBy(e => e.TimestampNanos)
                .Where(e => e.TimestampNanos >= selection.FromNanos && e.TimestampNanos < selection.ToNanos && matches(e.Stream))
                .Where(e => selection.Contains.All(text => e.Line.Contains(text, StringComparison.Ordinal)));
            return selection.Backward ? [.. ordered.Reverse()] : [.. ordered];
        }
    }

    public IReadOnlyList<IReadOnlyList<Label>> Streams(LogSelection selection, CancellationToken cancellationToken) =>
        [.. Select(selection, cancellationToken).Select(e => new LabelSet(e.Stream)).Distinct().Order(LabelSet.Order).Select(l => l.Labels)];

    public async IAsyncEnumerable<FollowedLines> FollowAsync(
        IReadOnlyList<LabelMatcher> matchers, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = Channel.CreateUnbounded<FollowedLines>();
        var follower = (LabelPredicate.Compile(matchers), lines.Writer);
        lock (_lock)
            _followers.Add(follower);
        try
        {
            await foreach (var some in lines.Reader.ReadAllAsync(cancellationToken))
                yield return some;
        }
        finally
        {
            lock (_lock)
                _followers.Remove(follower);
        }
    }
}
