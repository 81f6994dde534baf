using System.Text;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// Lines of one stream in the order of their time, as one blob of four parts: the count, the times and lengths, the text of all lines in
/// one piece, the metadata. Searching unpacks the text alone, and one search goes through all lines of it.
/// </summary>
internal sealed class LineChunk
{
    private readonly IReadOnlyList<Label> _stream;
    private readonly long[] _times;
    private readonly int[] _ends;
    private readonly ReadOnlyMemory<byte> _packedText;
    private ReadOnlyMemory<byte>? _text;
    private Label[][]? _metadata;

    private LineChunk(IReadOnlyList<Label> stream, long[] times, int[] ends, ReadOnlyMemory<byte> packedText) =>
        (_stream, _times, _ends, _packedText) = (stream, times, ends, packedText);

    internal int Count => _times.Length;

    private ReadOnlySpan<byte> Text
    {
        get
        {
            if (_text is null)
            {
                var reader = new BlobReader(_packedText);
                _text = Packed.Read(ref reader);
            }
            return _text.Value.Span;
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
        output.Varint((ulong)entries.Count);
        Packed.Write(output, head.Written);
        Packed.Write(output, lines.Written);
        Packed.Write(output, Metadata(entries).Written);
        text = lines.ToArray();
        return output.ToArray();
    }

    internal static LineChunk Read(byte[] blob, IReadOnlyList<Label> stream)
    {
        var input = new BlobReader(blob);
        var count = (int)input.Varint();
        var head = new BlobReader(Packed.Read(ref input));
        var (times, ends) = (new long[count], new int[count]);
        var (time, end) = (0L, 0);
        for (var i = 0; i < count; i++)
        {
            times[i] = time += head.Signed();
            ends[i] = end += (int)head.Varint();
        }
        return new(stream, times, ends, input.Rest);
    }

    internal long Time(int index) => _times[index];

    internal LogEntry Entry(int index)
    {
        var start = index == 0 ? 0 : _ends[index - 1];
        return new(_times[index], Encoding.UTF8.GetString(Text[start.._ends[index]]), _stream, (_metadata ??= ReadMetadata())[index]);
    }

    /// <summary>The indexes of the lines between the times that contain every one of the texts, in order.</summary>
    internal List<int> Find(long fromNanos, long toNanos, IReadOnlyList<byte[]> texts)
    {
        var (first, last) = (Array.BinarySearch(_times, fromNanos), Array.BinarySearch(_times, toNanos));
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
        var first = Array.BinarySearch(_times, fromNanos);
        first = first < 0 ? ~first : first;
        return first < _times.Length && _times[first] < toNanos;
    }

    private int FirstOf(int index)
    {
        while (index > 0 && _times[index - 1] == _times[index])
            index--;
        return index;
    }

    /// <summary>The first line from <paramref name="index"/> on with <paramref name="text"/> in it.</summary>
    private int NextWith(ReadOnlySpan<byte> text, int index, int last)
    {
        var start = index == 0 ? 0 : _ends[index - 1];
        while (true)
        {
            var at = Text[start.._ends[last - 1]].IndexOf(text);
            if (at < 0)
                return last;
            at += start;
            var line = Array.BinarySearch(_ends, index, last - index, at + 1);
            line = line < 0 ? ~line : line;
            // Empty lines end where the one before them does.
            while (line > index && _ends[line - 1] > at)
                line--;
            if (at + text.Length <= _ends[line])
                return line;
            // It reaches into the next line, so it is in neither.
            start = at + 1;
        }
    }

    private bool HasAll(int index, IReadOnlyList<byte[]> texts)
    {
        var line = Text[(index == 0 ? 0 : _ends[index - 1]).._ends[index]];
        for (var i = 1; i < texts.Count; i++)
            if (line.IndexOf(texts[i]) < 0)
                return false;
        return true;
    }

    // Each different text once, then for each line the numbers of its names and values.
    private static BlobWriter Metadata(List<LogEntry> entries)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var (texts, lines) = (new BlobWriter(), new BlobWriter());
        foreach (var entry in entries)
        {
            lines.Varint((ulong)entry.Metadata.Count);
            for (var i = 0; i < entry.Metadata.Count; i++)
            {
                lines.Varint((ulong)Number(entry.Metadata[i].Name));
                lines.Varint((ulong)Number(entry.Metadata[i].Value));
            }
        }
        var output = new BlobWriter();
        output.Varint((ulong)numbers.Count);
        output.Bytes(texts.Written);
        output.Bytes(lines.Written);
        return output;

        int Number(string text)
        {
            ref var number = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(numbers, text, out var known);
            if (known)
                return number;
            number = numbers.Count - 1;
            texts.Varint((ulong)Encoding.UTF8.GetByteCount(text));
            texts.Text(text);
            return number;
        }
    }

    private Label[][] ReadMetadata()
    {
        var packed = new BlobReader(_packedText);
        Packed.Skip(ref packed);
        var input = new BlobReader(Packed.Read(ref packed));
        var texts = new string[(int)input.Varint()];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = input.Text((int)input.Varint());
        var lines = new Label[Count][];
        for (var i = 0; i < lines.Length; i++)
        {
            var labels = new Label[(int)input.Varint()];
            for (var j = 0; j < labels.Length; j++)
                labels[j] = new(texts[(int)input.Varint()], texts[(int)input.Varint()]);
            lines[i] = labels;
        }
        return lines;
    }
}
