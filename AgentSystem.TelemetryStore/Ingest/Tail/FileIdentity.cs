using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AgentSystem.TelemetryStore.Ingest.Tail;

/// <summary>
/// Which file it is, whatever its name and contents. Inodes are given again once their file is gone, hence the time of birth.
/// </summary>
/// <param name="Inode">0 where the system does not tell.</param>
/// <param name="Born">Nanoseconds since 1970-01-01T00:00:00Z; 0 where the file system does not tell.</param>
internal readonly partial record struct FileIdentity(ulong Inode, long Born)
{
    internal bool IsKnown => Inode != 0;

    /// <summary>Asks <c>statx</c>, whose structure, unlike that of <c>stat</c>, is the same on all processors.</summary>
    internal static FileIdentity Of(SafeFileHandle file)
    {
        const int emptyPath = 0x1000; // AT_EMPTY_PATH: the descriptor itself
        const uint inode = 0x100, born = 0x800;
        Span<byte> status = stackalloc byte[256];
        if (!OperatingSystem.IsLinux() || statx(file, "", emptyPath, inode | born, status) != 0)
            return default;
        var seconds = BinaryPrimitives.ReadInt64LittleEndian(status[80..]);
        var nanos = BinaryPrimitives.ReadUInt32LittleEndian(status[88..]);
        var isBorn = (BinaryPrimitives.ReadUInt32LittleEndian(status) & born) != 0;
        return new(BinaryPrimitives.ReadUInt64LittleEndian(status[32..]), isBorn ? seconds * 1_000_000_000 + nanos : 0);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle folder, string path, int flags, uint mask, Span<byte> status);
}
