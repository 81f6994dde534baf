using System.Runtime.CompilerServices;
using System.Text;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>The lines in the partitions.</summary>
internal sealed class LogStore(StoreWriter writer, LogFollowers followers) : ILogStore
{
    // What an entry takes in memory beside its line.
    private const int EntryBytes = 200;

    public async ValueTask AppendAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count > 0)
            await WriteAsync(entries, also: null);
    }

    /// <summary>Takes the entries together with something else, both of them or none.</summary>
    internal Task WriteAsync(IReadOnlyList<LogEntry> entries, Action<PartitionWriter>? also)
    {
        var rows = LineBatch.Rows(entries, writer.Partitions.Names);
        return writer.WriteAsync(
            entries.Sum(e => e.Line.Length + EntryBytes),
            partition =>
            {
                foreach (var row in rows)
                    partition.Add(row);
                also?.Invoke(partition);
            },
            () => followers.Publish(entries));
    }

    public IEnumerable<LogEntry> Select(LogSelection selection, CancellationToken cancellationToken)
    {
        var matches = LabelPredicate.Compile(selection.Matchers);
        byte[][] texts = [.. selection.Contains.Where(t => t.Length > 0).Select(Encoding.UTF8.GetBytes).OrderByDescending(t => t.Length)];
        var readers = new List<PartitionReader>();
        var merge = new LineMerge(selection, texts);
        try
        {
            foreach (var partition in writer.Partitions.All)
            {
                if (partition.Lines.Last < selection.FromNanos || partition.Lines.First >= selection.ToNanos)
                    continue;
                var reader = partition.Rent();
                readers.Add(reader);
                // Merging moves lines from row to row: we see all rows as they are now.
                reader.Freeze();
                foreach (var place in reader.Chunks(matches, selection.FromNanos, selection.ToNanos, texts))
                    merge.Add(reader, place);
                cancellationToken.ThrowIfCancellationRequested();
            }
            foreach (var entry in merge.Entries(cancellationToken))
                yield return entry;
        }
        finally
        {
            merge.Dispose();
            foreach (var reader in readers)
                reader.Dispose();
        }
    }

    public IReadOnlyList<IReadOnlyList<Label>> Streams(LogSelection selection, CancellationToken cancellationToken)
    {
        var matches = LabelPredicate.Compile(selection.Matchers);
        var found = new HashSet<IReadOnlyList<Label>>(ReferenceEqualityComparer.Instance);
        foreach (var partition in writer.Partitions.All)
        {
            if (partition.Lines.Last < selection.FromNanos || partition.Lines.First >= selection.ToNanos)
                continue;
            using var reader = partition.Rent();
            reader.Freeze();
            foreach (var place in reader.Chunks(labels => !found.Contains(labels) && matches(labels), selection.FromNanos, selection.ToNanos, []))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (found.Contains(place.Stream))
                    continue;
                var reachesIn = place.First >= selection.FromNanos || place.Last < selection.ToNanos;
                if (reachesIn || HasLines(reader, place, selection))
                    found.Add(place.Stream);
            }
        }
        return [.. found.OrderBy(StreamNames.Key, StringComparer.Ordinal)];
    }

    private static bool HasLines(PartitionReader reader, ChunkPlace place, LogSelection selection)
    {
        using var chunk = reader.Chunk(place);
        return chunk.Any(selection.FromNanos, selection.ToNanos);
    }

    public async IAsyncEnumerable<FollowedLines> FollowAsync(
        IReadOnlyList<LabelMatcher> matchers, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var follower = followers.Add(LabelPredicate.Compile(matchers));
        await foreach (var lines in follower.ReadAsync(cancellationToken))
            yield return lines;
    }
}
