using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// Goes through chunks in the order of their lines' time, and opens each one when its turn comes: a query that wants a hundred lines
/// reads the chunks that have them.
/// </summary>
internal sealed class LineMerge(LogSelection selection, IReadOnlyList<byte[]> texts) : IDisposable
{
    // Among lines of one instant those that came first are first, or last when we go backwards.
    private readonly PriorityQueue<Cursor, (long Time, long Order)> _queue = new();
    private readonly List<Cursor> _cursors = [];

    internal void Add(PartitionReader reader, ChunkPlace place)
    {
        var cursor = new Cursor(reader, place, _cursors.Count);
        _cursors.Add(cursor);
        _queue.Enqueue(cursor, selection.Backward ? Key(place.Last, cursor) : Key(place.First, cursor));
    }

    internal IEnumerable<LogEntry> Entries(CancellationToken cancellationToken)
    {
        LogEntry? last = null;
        var sameInstant = new HashSet<LogEntry>(new SameEntry(oneStream: false));
        while (_queue.TryDequeue(out var cursor, out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!cursor.IsOpen)
            {
                cursor.Open(selection, texts);
                Requeue(cursor);
                continue;
            }
            // As long as no other chunk comes in between there is nothing to sort.
            do
            {
                var entry = cursor.Take();
                if (last?.TimestampNanos != entry.TimestampNanos)
                    sameInstant.Clear();
                else if (sameInstant.Count == 0)
                    sameInstant.Add(last);
                if (last?.TimestampNanos == entry.TimestampNanos && !sameInstant.Add(entry))
                    continue;
                last = entry;
                yield return entry;
            }
            while (cursor.HasMore && (!_queue.TryPeek(out _, out var next) || Key(cursor.Time, cursor).CompareTo(next) < 0));
            Requeue(cursor);
        }
    }

    /// <summary>Closes the chunks that are still open when somebody has seen enough.</summary>
    public void Dispose()
    {
        foreach (var cursor in _cursors)
            cursor.Close();
    }

    private void Requeue(Cursor cursor)
    {
        if (cursor.HasMore)
            _queue.Enqueue(cursor, Key(cursor.Time, cursor));
        else
            cursor.Close();
    }

    private (long, long) Key(long time, Cursor cursor) => selection.Backward ? (-time, -cursor.Order) : (time, cursor.Order);

    private sealed class Cursor(PartitionReader reader, ChunkPlace place, int order)
    {
        private LineChunk? _chunk;
        private List<int> _found = [];
        private int _next;
        private int _step = 1;

        internal int Order => order;

        internal bool IsOpen => _chunk is not null;

        internal bool HasMore => _next >= 0 && _next < _found.Count;

        internal long Time => _chunk!.Time(_found[_next]);

        internal void Open(LogSelection selection, IReadOnlyList<byte[]> texts)
        {
            _chunk = reader.Chunk(place);
            _found = _chunk.Find(selection.FromNanos, selection.ToNanos, texts);
            if (selection.Backward)
                (_next, _step) = (_found.Count - 1, -1);
        }

        internal LogEntry Take()
        {
            var entry = _chunk!.Entry(_found[_next]);
            _next += _step;
            return entry;
        }

        internal void Close()
        {
            _chunk?.Dispose();
            _chunk = null;
            // A count goes through thousands of chunks, and we know all of them to the end.
            _found = [];
        }
    }
}
