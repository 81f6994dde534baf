using System.Buffers;
using K4os.Compression.LZ4;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>Bytes behind their length, compressed with LZ4 where that makes them fewer. LZ4 unpacks faster than the disk reads.</summary>
internal static class Packed
{
    /// <summary>Appends <paramref name="bytes"/> to <paramref name="output"/>.</summary>
    internal static void Write(BlobWriter output, ReadOnlySpan<byte> bytes)
    {
        output.Varint((ulong)bytes.Length);
        var room = output.Room(LZ4Codec.MaximumOutputSize(bytes.Length) + 10);
        var packed = bytes.Length < 64 ? -1 : LZ4Codec.Encode(bytes, room[5..]);
        if (packed <= 0 || packed >= bytes.Length)
        {
            output.Varint(0);
            output.Bytes(bytes);
            return;
        }
        // Written behind the longest length there can be, and moved up once the length is known.
        Span<byte> temporary = stackalloc byte[5];
        var used = BlobWriter.Varint(temporary, (ulong)packed);
        room.Slice(5, packed).CopyTo(room[used..]);
        temporary[..used].CopyTo(room);
        output.Advance(used + packed);
    }

    /// <summary>The bytes that <see cref="Write"/> has written.</summary>
    internal static ReadOnlyMemory<byte> Read(ref BlobReader input)
    {
        var length = (int)input.Varint();
        var packed = (int)input.Varint();
        if (packed == 0)
            return input.Memory(length);
        var bytes = new byte[length];
        return LZ4Codec.Decode(input.Memory(packed).Span, bytes) == length ? bytes : throw new InvalidDataException("A stored block does not unpack.");
    }
}

/// <summary>Where something that <see cref="Packed"/> has written lies in a blob that is not in memory.</summary>
/// <param name="Start">Where its bytes begin.</param>
/// <param name="Length">How many bytes it has when it is unpacked.</param>
/// <param name="Stored">How many bytes it has in the blob.</param>
internal readonly record struct PackedPart(long Start, int Length, int Stored)
{
    // The longest that a number can be.
    private const int MaxVarint = 10;

    internal long End => Start + Stored;

    internal static PackedPart At(Stream blob, long place)
    {
        var length = (int)Number(blob, place, out var after);
        var packed = (int)Number(blob, after, out after);
        return new(after, length, packed == 0 ? length : packed);
    }

    /// <summary>The number at a place.</summary>
    internal static ulong Number(Stream blob, long place, out long after)
    {
        Span<byte> room = stackalloc byte[MaxVarint];
        blob.Position = place;
        var read = blob.ReadAtLeast(room, MaxVarint, throwOnEndOfStream: false);
        var used = 0;
        var number = BlobReader.Varint(room[..read], ref used);
        after = place + used;
        return number;
    }

    internal void Read(Stream blob, Span<byte> target)
    {
        blob.Position = Start;
        if (Stored == Length)
        {
            blob.ReadExactly(target[..Length]);
            return;
        }
        var stored = ArrayPool<byte>.Shared.Rent(Stored);
        try
        {
            blob.ReadExactly(stored, 0, Stored);
            if (LZ4Codec.Decode(stored.AsSpan(0, Stored), target[..Length]) != Length)
                throw new InvalidDataException("A stored block does not unpack.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }
}
