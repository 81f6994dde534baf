using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>Lines of one stream that are stored as one.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="First">Time of the first line.</param>
/// <param name="Last">Time of the last line.</param>
/// <param name="Count">How many lines.</param>
/// <param name="Signature">See <see cref="TextSignature"/>; null while the lines are still to be merged with others.</param>
/// <param name="Data">See <see cref="LineChunk"/>.</param>
internal sealed record LineRow(IReadOnlyList<Label> Stream, long First, long Last, int Count, byte[]? Signature, byte[] Data);

/// <summary>Makes rows of lines: sorts them by stream and time, drops what is there twice, and cuts them to a size that is read at once.</summary>
internal static class LineBatch
{
    /// <summary>From this many lines on, a row is left as it is.</summary>
    internal const int FullLines = 2048;

    // What a search unpacks at a time, and keeps while it goes through.
    private const int FullBytes = 1 << 20;

    internal static List<LineRow> Rows(IReadOnlyList<LogEntry> entries, StreamNames names)
    {
        var rows = new List<LineRow>();
        var streams = new Dictionary<IReadOnlyList<Label>, List<LogEntry>>(ReferenceEqualityComparer.Instance);
        var shared = new Dictionary<IReadOnlyList<Label>, List<LogEntry>>(ReferenceEqualityComparer.Instance);
        foreach (var entry in entries)
        {
            if (!streams.TryGetValue(entry.Stream, out var lines))
            {
                var stream = names.Shared(entry.Stream);
                if (!shared.TryGetValue(stream, out lines))
                    shared[stream] = lines = [];
                streams[entry.Stream] = lines;
            }
            lines.Add(entry);
        }
        foreach (var (stream, lines) in shared)
            AddRows(rows, stream, lines, close: false);
        return rows;
    }

    /// <summary>Adds rows for lines of one stream; the last one stays open when it is small, unless <paramref name="close"/> says otherwise.</summary>
    internal static void AddRows(List<LineRow> rows, IReadOnlyList<Label> stream, List<LogEntry> lines, bool close)
    {
        var sorted = Sorted(lines);
        var (start, bytes) = (0, 0);
        for (var i = 0; i < sorted.Count; i++)
        {
            bytes += sorted[i].Line.Length;
            var isFull = bytes >= FullBytes || i + 1 - start >= 2 * FullLines;
            var isLast = i + 1 == sorted.Count;
            if (!isFull && !isLast)
                continue;
            rows.Add(Row(stream, sorted.GetRange(start, i + 1 - start), close || isFull || i + 1 - start >= FullLines));
            (start, bytes) = (i + 1, 0);
        }
    }

    private static LineRow Row(IReadOnlyList<Label> stream, List<LogEntry> lines, bool close)
    {
        var data = LineChunk.Write(lines, out var text);
        return new(stream, lines[0].TimestampNanos, lines[^1].TimestampNanos, lines.Count, close ? TextSignature.Of(text) : null, data);
    }

    // What is the same is stored once; those that came first keep their place among lines of one instant.
    private static List<LogEntry> Sorted(List<LogEntry> lines)
    {
        var isSorted = true;
        for (var i = 1; i < lines.Count && isSorted; i++)
            isSorted = lines[i - 1].TimestampNanos < lines[i].TimestampNanos;
        if (isSorted)
            return lines;
        var order = new (long Time, int Index)[lines.Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = (lines[i].TimestampNanos, i);
        Array.Sort(order, static (a, b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : a.Index.CompareTo(b.Index));
        var sorted = new List<LogEntry>(lines.Count);
        var seen = new HashSet<LogEntry>(new SameEntry(oneStream: true));
        for (var i = 0; i < order.Length; i++)
        {
            var line = lines[order[i].Index];
            var isShared = i > 0 && order[i - 1].Time == order[i].Time || i + 1 < order.Length && order[i + 1].Time == order[i].Time;
            if (isShared && i > 0 && order[i - 1].Time != order[i].Time)
                seen.Clear();
            if (!isShared || seen.Add(line))
                sorted.Add(line);
        }
        return sorted;
    }
}
