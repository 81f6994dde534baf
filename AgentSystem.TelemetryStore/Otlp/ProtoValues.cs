using System.Buffers.Binary;

namespace AgentSystem.TelemetryStore.Otlp;

/// <summary>Reads what is common to OTLP's signals: attributes, values and ids.</summary>
internal static class ProtoValues
{
    private const int MaxNesting = 64;

    internal static KeyValue ReadKeyValue(ReadOnlySpan<byte> message, int depth = 0)
    {
        var key = "";
        AnyValue value = default;
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                key = KnownKeys.Get(reader.Message());
            else if (field == 2)
                value = ReadValue(reader.Message(), depth);
            else
                reader.Skip();
        }
        return new(key, value);
    }

    internal static AnyValue ReadValue(ReadOnlySpan<byte> message, int depth = 0)
    {
        if (depth > MaxNesting)
            throw new OtlpFormatException($"A value is nested more than {MaxNesting} deep.");
        AnyValue value = default;
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1: value = AnyValue.Of(reader.Text()); break;
                case 2: value = AnyValue.Of(reader.Varint() != 0); break;
                case 3: value = AnyValue.Of((long)reader.Varint()); break;
                case 4: value = AnyValue.Of(reader.Double()); break;
                case 5: value = ReadArray(reader.Message(), depth + 1); break;
                case 6: value = ReadMap(reader.Message(), depth + 1); break;
                case 7: value = AnyValue.Of(reader.Message().ToArray()); break;
                default: reader.Skip(); break;
            }
        }
        return value;
    }

    private static AnyValue ReadArray(ReadOnlySpan<byte> message, int depth)
    {
        var items = new List<AnyValue>();
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                items.Add(ReadValue(reader.Message(), depth));
            else
                reader.Skip();
        }
        return AnyValue.Of(items.ToArray());
    }

    private static AnyValue ReadMap(ReadOnlySpan<byte> message, int depth)
    {
        var entries = new List<KeyValue>();
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                entries.Add(ReadKeyValue(reader.Message(), depth));
            else
                reader.Skip();
        }
        return AnyValue.Of(entries.ToArray());
    }

    internal static UInt128 TraceIdOf(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => 0,
        16 => BinaryPrimitives.ReadUInt128BigEndian(bytes),
        _ => throw new OtlpFormatException($"A trace id has {bytes.Length} bytes in place of 16."),
    };

    internal static ulong SpanIdOf(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => 0,
        8 => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        _ => throw new OtlpFormatException($"A span id has {bytes.Length} bytes in place of 8."),
    };
}
