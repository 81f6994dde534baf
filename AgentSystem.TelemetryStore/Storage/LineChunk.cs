using System.Buffers;
using System.Text;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// Lines of one stream in the order of their time, as one blob of four parts: the count, the times and lengths (and the numbers, where there
/// are any), the text of all lines in one piece, the metadata. A search reads and unpacks the text alone, and goes through all lines of it at once; the other parts are read
/// when a line is found. Dispose it to give back the room that the text takes.
/// </summary>
internal sealed class LineChunk : IDisposable
{
    private readonly Stream _blob;
    private readonly IReadOnlyList<Label> _stream;
    private readonly PackedPart _headPart, _textPart;
    private byte[]? _text;
    private long[]? _times;
    private int[]? _ends;
    private long[]? _numbers;
    private LineMetadata? _metadata;

    /// <param name="blob">What <see cref="Write(List{LogEntry})"/> has written; closed with the chunk.</param>
    /// <param name="stream">The lines' stream.</param>
    internal LineChunk(Stream blob, IReadOnlyList<Label> stream)
    {
        (_blob, _stream) = (blob, stream);
        Count = (int)PackedPart.Number(blob, 0, out var after);
        _headPart = PackedPart.At(blob, after);
        _textPart = PackedPart.At(blob, _headPart.End);
    }

    internal int Count { get; }

    private ReadOnlySpan<byte> Text
    {
        get
        {
            if (_text is null)
            {
                _text = ArrayPool<byte>.Shared.Rent(_textPart.Length);
                _textPart.Read(_blob, _text);
            }
            return _text.AsSpan(0, _textPart.Length);
        }
    }

    private long[] Times
    {
        get
        {
            ReadHead();
            return _times!;
        }
    }

    private int[] Ends
    {
        get
        {
            ReadHead();
            return _ends!;
        }
    }

    internal static byte[] Write(List<LogEntry> entries) => Write(entries, out _);

    /// <param name="entries">In the order of their time.</param>
    /// <param name="text">The text of all lines.</param>
    internal static byte[] Write(List<LogEntry> entries, out byte[] text)
    {
        var (output, head, lines) = (new BlobWriter(), new BlobWriter(), new BlobWriter());
        long before = 0;
        foreach (var entry in entries)
        {
            head.Signed(entry.TimestampNanos - before);
            before = entry.TimestampNanos;
            head.Varint((ulong)lines.Text(entry.Line));
        }
        if (entries.Exists(e => e.Number != 0))
        {
            before = 0;
            foreach (var entry in entries)
            {
                head.Signed(entry.Number - before);
                before = entry.Number;
            }
        }
        output.Varint((ulong)entries.Count);
        Packed.Write(output, head.Written);
        Packed.Write(output, lines.Written);
        Packed.Write(output, LineMetadata.Write(entries).Written);
        text = lines.ToArray();
        return output.ToArray();
    }

    internal long Time(int index) => Times[index];

    internal LogEntry Entry(int index)
    {
        var start = index == 0 ? 0 : Ends[index - 1];
        _metadata ??= new(_blob, PackedPart.At(_blob, _textPart.End), Count);
        return new(Times[index], Encoding.UTF8.GetString(Text[start..Ends[index]]), _stream, _metadata.Of(index)) { Number = _numbers?[index] ?? 0 };
    }

    /// <summary>The indexes of the lines between the times that contain every one of the texts, in order.</summary>
    internal List<int> Find(long fromNanos, long toNanos, IReadOnlyList<byte[]> texts)
    {
        // What is not in the text is in no line of it.
        foreach (var text in texts)
            if (Text.IndexOf(text) < 0)
                return [];
        var (first, last) = (Array.BinarySearch(Times, fromNanos), Array.BinarySearch(Times, toNanos));
        first = first < 0 ? ~first : FirstOf(first);
        last = last < 0 ? ~last : FirstOf(last);
        var found = new List<int>();
        if (texts.Count == 0)
        {
            for (var i = first; i < last; i++)
                found.Add(i);
            return found;
        }
        for (var i = first; i < last; i++)
        {
            i = NextWith(texts[0], i, last);
            if (i < last && HasAll(i, texts))
                found.Add(i);
        }
        return found;
    }

    /// <summary>Whether a line lies between the times.</summary>
    internal bool Any(long fromNanos, long toNanos)
    {
        var first = Array.BinarySearch(Times, fromNanos);
        first = first < 0 ? ~first : first;
        return first < Times.Length && Times[first] < toNanos;
    }

    private int FirstOf(int index)
    {
        while (index > 0 && Times[index - 1] == Times[index])
            index--;
        return index;
    }

    /// <summary>The first line from <paramref name="index"/> on with <paramref name="text"/> in it.</summary>
    private int NextWith(ReadOnlySpan<byte> text, int index, int last)
    {
        var start = index == 0 ? 0 : Ends[index - 1];
        while (true)
        {
            var at = Text[start..Ends[last - 1]].IndexOf(text);
            if (at < 0)
                return last;
            at += start;
            var line = Array.BinarySearch(Ends, index, last - index, at + 1);
            line = line < 0 ? ~line : line;
            // Empty lines end where the one before them does.
            while (line > index && Ends[line - 1] > at)
                line--;
            if (at + text.Length <= Ends[line])
                return line;
            // It reaches into the next line, so it is in neither.
            start = at + 1;
        }
    }

    private bool HasAll(int index, IReadOnlyList<byte[]> texts)
    {
        var line = Text[(index == 0 ? 0 : Ends[index - 1])..Ends[index]];
        for (var i = 1; i < texts.Count; i++)
            if (line.IndexOf(texts[i]) < 0)
                return false;
        return true;
    }

    private void ReadHead()
    {
        if (_times is not null)
            return;
        var bytes = new byte[_headPart.Length];
        _headPart.Read(_blob, bytes);
        var (times, ends) = (new long[Count], new int[Count]);
        var (at, time, end) = (0, 0L, 0);
        for (var i = 0; i < Count; i++)
        {
            times[i] = time += BlobReader.Signed(bytes, ref at);
            ends[i] = end += (int)BlobReader.Varint(bytes, ref at);
        }
        if (at < bytes.Length)
        {
            _numbers = new long[Count];
            var number = 0L;
            for (var i = 0; i < Count; i++)
                _numbers[i] = number += BlobReader.Signed(bytes, ref at);
        }
        (_times, _ends) = (times, ends);
    }

    public void Dispose()
    {
        if (_text is not null)
            ArrayPool<byte>.Shared.Return(_text);
        _text = null;
        _metadata?.Dispose();
        _metadata = null;
        _blob.Dispose();
    }
}
