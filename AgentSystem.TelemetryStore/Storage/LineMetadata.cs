using System.Buffers;
using System.Text;
using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// The structured metadata of a chunk's lines: each different text once, then for each line the numbers of its names and values. Most
/// searches want the metadata of a few lines of many, so a text becomes a string when a line that has it is asked for.
/// </summary>
internal sealed class LineMetadata : IDisposable
{
    // Lent: arrays of this size would wait for the collector of large objects, a few for each chunk that has a line to show.
    private readonly byte[] _blob;
    private readonly (int At, int Length)[] _places;
    private readonly string?[] _texts;
    private readonly int[] _lines;

    /// <param name="blob">A chunk.</param>
    /// <param name="part">Where its metadata are.</param>
    /// <param name="lines">How many lines it has.</param>
    internal LineMetadata(Stream blob, PackedPart part, int lines)
    {
        _blob = ArrayPool<byte>.Shared.Rent(part.Length);
        part.Read(blob, _blob);
        var at = 0;
        var count = (int)BlobReader.Varint(_blob, ref at);
        _places = ArrayPool<(int, int)>.Shared.Rent(count);
        _texts = ArrayPool<string?>.Shared.Rent(count);
        Array.Clear(_texts);
        for (var i = 0; i < count; i++)
        {
            var length = (int)BlobReader.Varint(_blob, ref at);
            _places[i] = (at, length);
            at += length;
        }
        _lines = new int[lines];
        for (var i = 0; i < lines; i++)
        {
            _lines[i] = at;
            for (var numbers = 2 * (int)BlobReader.Varint(_blob, ref at); numbers > 0; numbers--)
                BlobReader.Varint(_blob, ref at);
        }
    }

    internal static BlobWriter Write(List<LogEntry> entries)
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

    internal Label[] Of(int line)
    {
        var at = _lines[line];
        var labels = new Label[(int)BlobReader.Varint(_blob, ref at)];
        for (var i = 0; i < labels.Length; i++)
        {
            var name = Text((int)BlobReader.Varint(_blob, ref at));
            labels[i] = new(name, Text((int)BlobReader.Varint(_blob, ref at)));
        }
        return labels;
    }

    private string Text(int number) => _texts[number] ??= Encoding.UTF8.GetString(_blob, _places[number].At, _places[number].Length);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_blob);
        ArrayPool<(int, int)>.Shared.Return(_places);
        ArrayPool<string?>.Shared.Return(_texts, clearArray: true);
    }
}
