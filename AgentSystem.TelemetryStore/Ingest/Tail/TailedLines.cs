namespace AgentSystem.TelemetryStore.Ingest.Tail;

/// <summary>Complete lines of a file, from where it is stored up to about a megabyte.</summary>
/// <param name="Bytes">The lines with their ends; of one that is too long for a batch, its beginning alone.</param>
/// <param name="Read">How many bytes of the file they are.</param>
/// <param name="Unread">How many bytes of the last line are not in <paramref name="Bytes"/>.</param>
internal sealed record TailedLines(ReadOnlyMemory<byte> Bytes, long Read, long Unread)
{
    private const int BatchBytes = 1 << 20;

    /// <param name="file">The file.</param>
    /// <param name="known">How far it is stored.</param>
    /// <param name="isWritten">Whether more may come: then what is behind the last line's end is the beginning of a line.</param>
    /// <returns>The lines, or how far there is no end of a line.</returns>
    internal static async Task<(TailedLines? Lines, long Unfinished)> ReadAsync(FileStream file, TailedFile known, bool isWritten)
    {
        var available = file.Length - known.Position;
        var bytes = new byte[(int)Math.Min(available, BatchBytes)];
        file.Position = known.Position;
        var count = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false);
        var end = bytes.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
        if (end > 0)
            return (new(bytes.AsMemory(0, end), end, 0), 0);
        var longEnd = count == BatchBytes ? await FindEndAsync(file, known.Position, Math.Max(count, known.Rest)) : 0;
        if (longEnd > 0)
            return (new(bytes, longEnd, longEnd - 1 - count), 0);
        // Nobody has written for a while to a file that is rotated: that was its last line.
        var rest = file.Length - known.Position;
        return !isWritten && known.Rest == rest ? (new(bytes.AsMemory(0, count), rest, rest - count), 0) : (null, rest);
    }

    // A line that is longer than a batch is not held in memory: only its end matters.
    private static async Task<long> FindEndAsync(FileStream file, long start, long from)
    {
        var bytes = new byte[BatchBytes];
        file.Position = start + from;
        while (await file.ReadAsync(bytes) is > 0 and var count)
        {
            var end = bytes.AsSpan(0, count).IndexOf((byte)'\n');
            if (end >= 0)
                return from + end + 1;
            from += count;
        }
        return 0;
    }
}
