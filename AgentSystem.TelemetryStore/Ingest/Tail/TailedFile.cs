using System.Buffers.Binary;
using System.Security.Cryptography;
using AgentSystem.TelemetryStore.Storage;

namespace AgentSystem.TelemetryStore.Ingest.Tail;

/// <summary>
/// A log file that is followed: how far it is stored, and a fingerprint of what is stored, by which it is known again under another name.
/// A file that only grows keeps its beginning; one that was truncated or replaced does not.
/// </summary>
internal sealed record TailedFile(string Name, long Position, byte[] Fingerprint)
{
    private const int MaxFingerprinted = 1024, HashBytes = 16;

    /// <summary>The length of an unfinished last line when it was last looked at; -1 before.</summary>
    internal long LastRest { get; init; } = -1;

    private int Fingerprinted => Fingerprint.Length == 0 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(Fingerprint);

    internal static TailedFile From(TailPosition position) => new(position.Path, position.Position, position.Fingerprint);

    internal TailPosition ToPosition() => new(Name, Position, Fingerprint);

    /// <summary>The file as it is at this position.</summary>
    internal static TailedFile At(string name, FileStream file, long position)
    {
        var count = (int)Math.Min(position, MaxFingerprinted);
        return new(name, position, count == 0 ? [] : Hash(file, count));
    }

    /// <summary>Whether the file has what is stored of this one. Of a file of which nothing is stored, any may.</summary>
    internal bool IsIn(FileStream file) => file.Length >= Position && (Fingerprinted == 0 || Hash(file, Fingerprinted).AsSpan().SequenceEqual(Fingerprint));

    /// <summary>Whether it can be known by more than its name.</summary>
    internal bool IsKnown => Fingerprinted > 0;

    private static byte[] Hash(FileStream file, int count)
    {
        Span<byte> bytes = stackalloc byte[MaxFingerprinted];
        file.Position = 0;
        var read = file.ReadAtLeast(bytes[..count], count, throwOnEndOfStream: false);
        var fingerprint = new byte[sizeof(int) + HashBytes];
        BinaryPrimitives.WriteInt32LittleEndian(fingerprint, count);
        SHA256.HashData(bytes[..read]).AsSpan(0, HashBytes).CopyTo(fingerprint.AsSpan(sizeof(int)));
        return fingerprint;
    }
}
