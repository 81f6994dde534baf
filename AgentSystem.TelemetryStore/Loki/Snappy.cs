namespace AgentSystem.TelemetryStore.Loki;

/// <summary>Unpacks Snappy's block format (<see href="https://github.com/google/snappy/blob/main/format_description.txt"/>).</summary>
internal static class Snappy
{
    /// <exception cref="InvalidDataException">It is no Snappy block, or longer than allowed.</exception>
    internal static byte[] Unpack(ReadOnlySpan<byte> block, int maxLength)
    {
        var length = ReadLength(ref block);
        if (length > maxLength)
            throw new InvalidDataException($"decompressed message size {length} exceeds limit {maxLength}");
        var output = new byte[length];
        var at = 0;
        while (block.Length > 0)
        {
            var tag = block[0];
            block = block[1..];
            if ((tag & 3) == 0)
            {
                var count = LiteralLength(tag >> 2, ref block);
                if (count > block.Length || count > output.Length - at)
                    throw Corrupt();
                block[..count].CopyTo(output.AsSpan(at));
                block = block[count..];
                at += count;
            }
            else
            {
                var (count, offset) = Copy(tag, ref block);
                if (offset == 0 || offset > at || count > output.Length - at)
                    throw Corrupt();
                // A copy may reach into what it writes itself, so that it repeats.
                for (var i = 0; i < count; i++, at++)
                    output[at] = output[at - offset];
            }
        }
        return at == output.Length ? output : throw Corrupt();
    }

    private static int ReadLength(ref ReadOnlySpan<byte> block)
    {
        ulong length = 0;
        for (var i = 0; i < 5 && i < block.Length; i++)
        {
            length |= (ulong)(block[i] & 0x7f) << (7 * i);
            if (block[i] < 0x80)
            {
                block = block[(i + 1)..];
                return length <= int.MaxValue ? (int)length : throw Corrupt();
            }
        }
        throw Corrupt();
    }

    /// <summary>Up to 60 in the tag itself, else in the one to four bytes after it; less one in either case.</summary>
    private static int LiteralLength(int inTag, ref ReadOnlySpan<byte> block) =>
        inTag < 60 ? inTag + 1 : (int)Math.Min(int.MaxValue, LittleEndian(inTag - 59, ref block) + 1);

    private static (int Count, int Offset) Copy(int tag, ref ReadOnlySpan<byte> block) => (tag & 3) switch
    {
        1 => (((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | (int)LittleEndian(1, ref block)),
        2 => ((tag >> 2) + 1, (int)LittleEndian(2, ref block)),
        _ => ((tag >> 2) + 1, (int)Math.Min(int.MaxValue, LittleEndian(4, ref block))),
    };

    private static long LittleEndian(int bytes, ref ReadOnlySpan<byte> block)
    {
        if (block.Length < bytes)
            throw Corrupt();
        long value = 0;
        for (var i = bytes - 1; i >= 0; i--)
            value = (value << 8) | block[i];
        block = block[bytes..];
        return value;
    }

    private static InvalidDataException Corrupt() => new("snappy: corrupt input");
}
