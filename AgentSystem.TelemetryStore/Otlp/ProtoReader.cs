using System.Buffers.Binary;
using System.Text;

namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>What came is no OTLP. The message says where.</summary>
public sealed class OtlpFormatException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Walks the fields of one protobuf message (https://protobuf.dev/programming-guides/encoding). OTLP is decoded by hand, straight into
/// the few types that the store needs: a generated class for each of a million attributes costs more than storing them.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private const int VarintType = 0, Fixed64Type = 1, LengthType = 2, Fixed32Type = 5;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;
    private int _type;

    /// <summary>Where the value begins that <see cref="Message"/> has just read, within the message.</summary>
    internal int ValueStart { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    internal bool Next(out int field)
    {
        if (_at >= _message.Length)
        {
            field = 0;
            return false;
        }
        var tag = ReadVarint();
        field = (int)(tag >> 3);
        _type = (int)(tag & 7);
        return field > 0 ? true : throw Malformed("field number 0");
    }

    internal ulong Varint()
    {
        Expect(VarintType);
        return ReadVarint();
    }

    internal ulong Fixed64()
    {
        Expect(Fixed64Type);
        return BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
    }

    internal uint Fixed32()
    {
        Expect(Fixed32Type);
        return BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
    }

    internal double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    /// <summary>The bytes of a string, bytes or message field.</summary>
    internal ReadOnlySpan<byte> Message()
    {
        Expect(LengthType);
        var length = ReadVarint();
        if (length > (ulong)(_message.Length - _at))
            throw Malformed("a field ends behind the message");
        ValueStart = _at;
        return Take((int)length);
    }

    // Bytes that are no UTF-8 become U+FFFD, as with Loki.
    internal string Text() => Encoding.UTF8.GetString(Message());

    internal void Skip()
    {
        switch (_type)
        {
            case VarintType:
                ReadVarint();
                break;
            case Fixed64Type:
                Take(8);
                break;
            case Fixed32Type:
                Take(4);
                break;
            case LengthType:
                Message();
                break;
            default:
                throw Malformed($"wire type {_type}");
        }
    }

    private void Expect(int type)
    {
        if (_type != type)
            throw Malformed($"wire type {_type} in place of {type}");
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_at >= _message.Length)
                break;
            var next = _message[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Malformed("an integer does not end");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _message.Length - _at)
            throw Malformed("a field ends behind the message");
        var taken = _message.Slice(_at, count);
        _at += count;
        return taken;
    }

    private readonly OtlpFormatException Malformed(string what) => new($"The protobuf message is malformed: {what} at byte {_at} of {_message.Length}.");
}
