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
        var at = 0;
        var value = Varint(Rest.Span, ref at);
        Rest = Rest[at..];
        return value;
    }

    /// <summary>The number at a place, which moves behind it.</summary>
    internal static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    /// <summary>The number at a place that may be negative.</summary>
    internal static long Signed(ReadOnlySpan<byte> bytes, ref int at) => Signed(Varint(bytes, ref at));

    internal long Signed() => Signed(Varint());

    private static long Signed(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    internal ReadOnlyMemory<byte> Memory(int length)
    {
        var taken = Rest[..length];
        Rest = Rest[length..];
        return taken;
    }

    internal string Text(int length) => Encoding.UTF8.GetString(Memory(length).Span);
}
