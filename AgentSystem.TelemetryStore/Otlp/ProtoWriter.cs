using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>Writes one protobuf message. Fields that have their default value are left out, as proto3 wants it.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    internal ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    internal byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    internal ProtoWriter Varint(int field, ulong value)
    {
        if (value == 0)
            return this;
        Tag(field, 0);
        return Raw(value);
    }

    internal ProtoWriter Fixed64(int field, ulong value) => value == 0 ? this : AlwaysFixed64(field, value);

    internal ProtoWriter AlwaysFixed64(int field, ulong value)
    {
        Tag(field, 1);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    internal ProtoWriter Fixed32(int field, uint value)
    {
        if (value == 0)
            return this;
        Tag(field, 5);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    internal ProtoWriter Text(int field, string? value) => string.IsNullOrEmpty(value) ? this : Message(field, Encoding.UTF8.GetBytes(value));

    internal ProtoWriter Bytes(int field, ReadOnlySpan<byte> value) => value.IsEmpty ? this : Message(field, value);

    /// <summary>A message, also an empty one: whether it is there makes a difference.</summary>
    internal ProtoWriter Message(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, 2);
        Raw((ulong)value.Length);
        _buffer.Write(value);
        return this;
    }

    internal ProtoWriter Message(int field, ProtoWriter message) => Message(field, message.Written);

    internal ProtoWriter AlwaysVarint(int field, ulong value)
    {
        Tag(field, 0);
        return Raw(value);
    }

    private void Tag(int field, int type) => Raw((ulong)(field << 3 | type));

    private ProtoWriter Raw(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var count = 0;
        for (; value >= 0x80; value >>= 7)
            span[count++] = (byte)(value | 0x80);
        span[count++] = (byte)value;
        _buffer.Advance(count);
        return this;
    }
}
