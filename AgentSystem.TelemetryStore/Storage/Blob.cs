using System.Buffers;
using System.Text;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>Writes numbers and texts one after the other; numbers take as few bytes as they need.</summary>
internal sealed class BlobWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    internal ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    internal byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    internal void Clear() => _buffer.ResetWrittenCount();

    internal void Varint(ulong value) => _buffer.Advance(Varint(_buffer.GetSpan(10), value));

    /// <summary>A number that may be negative.</summary>
    internal void Signed(long value) => Varint((ulong)(value << 1 ^ value >> 63));

    internal void Bytes(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    /// <summary>Appends the text's UTF-8 without its length.</summary>
    /// <returns>The number of bytes.</returns>
    internal int Text(string text)
    {
        var room = _buffer.GetSpan(text.Length * 3);
        var count = Encoding.UTF8.GetBytes(text, room);
        _buffer.Advance(count);
        return count;
    }

    internal Span<byte> Room(int size) => _buffer.GetSpan(size);

    internal void Advance(int count) => _buffer.Advance(count);

    internal static int Varint(Span<byte> target, ulong value)
    {
        var count = 0;
        for (; value >= 0x80; value >>= 7)
            target[count++] = (byte)(value | 0x80);
        target[count++] = (byte)value;
        return count;
    }
}

/// <summary>Reads what <see cref="BlobWriter"/> has written.</summary>
internal struct BlobReader(ReadOnlyMemory<byte> blob)
{
    internal ReadOnlyMemory<byte> Rest { get; private set; } = blob;

    internal ulong Varint()
    {
        var span = Rest.Span;
        ulong value = 0;
        for (int i = 0, shift = 0; ; i++, shift += 7)
        {
            value |= (ulong)(span[i] & 0x7F) << shift;
            if (span[i] < 0x80)
            {
                Rest = Rest[(i + 1)..];
                return value;
            }
        }
    }

    internal long Signed()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    internal ReadOnlyMemory<byte> Memory(int length)
    {
        var taken = Rest[..length];
        Rest = Rest[length..];
        return taken;
    }

    internal string Text(int length) => Encoding.UTF8.GetString(Memory(length).Span);
}
