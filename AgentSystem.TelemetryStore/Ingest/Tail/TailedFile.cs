using System.Buffers.Binary;
using System.Security.Cryptography;
using AgentSystem.TelemetryStore.Storage;

namespace AgentSystem.TelemetryStore.Ingest.Tail;

/// <summary>
/// A log file that is followed: which one it is, how far it is stored, and hashes of the first and the last bytes of what is stored. A file
/// that only grows keeps both; one that was truncated or written anew does not, and a copy has them under another identity.
/// </summary>
/// <param name="Name">Its name within the folder.</param>
/// <param name="Position">Bytes that are stored.</param>
/// <param name="Id">Which file it is.</param>
/// <param name="Beginning">A hash of the first bytes.</param>
/// <param name="End">A hash of the last bytes that are stored; empty when an earlier version stored them.</param>
internal sealed record TailedFile(string Name, long Position, FileIdentity Id, ReadOnlyMemory<byte> Beginning, ReadOnlyMemory<byte> End)
{
    private const int MaxHashed = 1024, HashBytes = 16, CountAt = 0, BeginningAt = 4, EndAt = 20, InodeAt = 36, BornAt = 44, CopyAt = 52, Length = 53;

    /// <summary>How many bytes <see cref="Beginning"/> is of.</summary>
    private int Hashed { get; init; }

    /// <summary>The bytes that <see cref="Beginning"/> is of; none when they were read before a start.</summary>
    private ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>It is a copy of a file that is still in its place, and is read when that one is truncated.</summary>
    internal bool IsCopy { get; init; }

    /// <summary>Bytes behind the position that were looked through without finding the end of a line; -1 before.</summary>
    internal long Rest { get; init; } = -1;

    /// <summary>Whether it can be known by what is in it.</summary>
    internal bool IsKnown => Hashed > 0;

    internal static TailedFile New(string name, FileIdentity id) => new(name, 0, id, default, default);

    /// <summary>The file as it is at this position.</summary>
    internal static TailedFile At(string name, FileStream file, long position)
    {
        var count = (int)Math.Min(position, MaxHashed);
        if (count == 0)
            return New(name, FileIdentity.Of(file.SafeFileHandle));
        var head = Read(file, 0, new byte[count]);
        return new(name, position, FileIdentity.Of(file.SafeFileHandle), Hash(head), Hash(file, position - count, count)) { Hashed = count, Head = head.ToArray() };
    }

    /// <summary>Whether the file has what is stored of this one. Of a file of which nothing is stored, any may.</summary>
    internal bool IsIn(FileStream file) => file.Length >= Position
        && (Hashed == 0 || Hash(file, 0, Hashed).AsSpan().SequenceEqual(Beginning.Span))
        && (End.IsEmpty || Hash(file, Position - Hashed, Hashed).AsSpan().SequenceEqual(End.Span));

    /// <summary>Whether the file begins as what is stored of this one, whatever follows.</summary>
    internal bool BeginsIn(FileStream file) => Hashed > 0 && file.Length >= Hashed && Hash(file, 0, Hashed).AsSpan().SequenceEqual(Beginning.Span);

    /// <summary>Whether a file that is shorter than what is stored of this one begins as it does.</summary>
    internal bool Begins(FileStream file, FileStream shorter)
    {
        var count = (int)Math.Min(shorter.Length, Hashed);
        return shorter.Length < Position && Hash(file, 0, count).AsSpan().SequenceEqual(Hash(shorter, 0, count));
    }

    /// <summary>Whether all that the file has is the beginning of what is stored of this one.</summary>
    internal bool Has(FileStream file) =>
        file.Length > 0 && file.Length < Position && file.Length <= Head.Length && Head.Span.StartsWith(Read(file, 0, new byte[(int)file.Length]));

    internal static TailedFile From(TailPosition saved)
    {
        var bytes = saved.Fingerprint.AsMemory();
        // Earlier versions saved less.
        var count = bytes.Length < EndAt ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[CountAt..]);
        var beginning = count == 0 ? default : bytes.Slice(BeginningAt, HashBytes);
        if (bytes.Length < Length)
            return new(saved.Path, saved.Position, default, beginning, default) { Hashed = count };
        var id = new FileIdentity(BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[InodeAt..]), BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[BornAt..]));
        return new(saved.Path, saved.Position, id, beginning, count == 0 ? default : bytes.Slice(EndAt, HashBytes)) { Hashed = count, IsCopy = bytes.Span[CopyAt] != 0 };
    }

    internal TailPosition ToPosition()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CountAt), Hashed);
        Beginning.Span.CopyTo(bytes.AsSpan(BeginningAt));
        End.Span.CopyTo(bytes.AsSpan(EndAt));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(InodeAt), Id.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(BornAt), Id.Born);
        bytes[CopyAt] = IsCopy ? (byte)1 : (byte)0;
        return new(Name, Position, bytes);
    }

    private static byte[] Hash(FileStream file, long start, int count)
    {
        Span<byte> bytes = stackalloc byte[MaxHashed];
        return Hash(Read(file, start, bytes[..count]));
    }

    private static byte[] Hash(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes)[..HashBytes];

    private static ReadOnlySpan<byte> Read(FileStream file, long start, Span<byte> bytes)
    {
        file.Position = start;
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
