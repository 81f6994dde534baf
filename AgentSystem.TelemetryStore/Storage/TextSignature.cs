using System.Numerics;
using System.Runtime.InteropServices;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// Says of a chunk which texts it cannot contain: one bit for each of the sequences of four bytes in it. A text whose sequences are not
/// all there is nowhere in the chunk, wherever in a word it may begin or end; a text whose sequences are, may be there.
/// </summary>
/// <remarks>
/// FTS5 would answer the same question with a row for each sequence of each chunk. Lines are full of ids, and ids of different
/// sequences: it takes longer to store than the lines do, where this costs a multiplication a byte, and a kilobyte for some hundred lines.
/// </remarks>
internal static class TextSignature
{
    private const int Length = 4, Bits = 17, Words = 1 << Bits >> 6;

    /// <summary>The signature of a text: a power of two of bits, of which at most about half are set.</summary>
    internal static byte[] Of(ReadOnlySpan<byte> text)
    {
        var bits = new ulong[Words];
        for (var i = 0; i + Length <= text.Length; i++)
        {
            var bit = Bit(text[i..]);
            bits[bit >> 6] |= 1UL << bit;
        }
        var size = Words;
        // Folding the upper half onto the lower one keeps every bit, for a bit's lower digits stay.
        while (size > 1 && CountSet(bits.AsSpan(0, size)) <= size * 64 / 4)
        {
            size /= 2;
            for (var i = 0; i < size; i++)
                bits[i] |= bits[i + size];
        }
        return MemoryMarshal.AsBytes(bits.AsSpan(0, size)).ToArray();
    }

    /// <summary>Whether a text with this signature may contain all of <paramref name="texts"/>.</summary>
    internal static bool MayContain(ReadOnlySpan<byte> signature, IReadOnlyList<byte[]> texts)
    {
        var bits = MemoryMarshal.Cast<byte, ulong>(signature);
        var mask = bits.Length * 64 - 1;
        foreach (var text in texts)
        {
            for (var i = 0; i + Length <= text.Length; i++)
            {
                var bit = Bit(text.AsSpan(i)) & mask;
                if ((bits[bit >> 6] & 1UL << bit) == 0)
                    return false;
            }
        }
        return true;
    }

    private static int Bit(ReadOnlySpan<byte> text) => (int)(MemoryMarshal.Read<uint>(text) * 0x9E3779B1u >> (32 - Bits));

    private static int CountSet(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        foreach (var word in words)
            count += BitOperations.PopCount(word);
        return count;
    }
}
