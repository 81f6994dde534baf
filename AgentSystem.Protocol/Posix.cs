using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AgentSystem.Protocol;

/// <summary>The few system calls that .NET does not offer: FIFOs, and opening a file without following a link or waiting for a pipe.</summary>
internal static partial class Posix
{
    internal const int ENOENT = 2, EINTR = 4, ENXIO = 6, EEXIST = 17, EISDIR = 21, EPIPE = 32;
    internal static readonly int EAGAIN = OperatingSystem.IsMacOS() ? 35 : 11;
    private static readonly int ELOOP = OperatingSystem.IsMacOS() ? 62 : 40;

    internal const int WriteOnly = 1, ReadWrite = 2;
    internal static readonly int NonBlocking = OperatingSystem.IsMacOS() ? 0x4 : 0x800;
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    // Linux numbers O_NOFOLLOW differently on Arm.
    private static readonly int NoFollow =
        OperatingSystem.IsMacOS() ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000
        : 0x20000;

    /// <summary>Opens a regular file for reading. A link, a folder or a device is a <see cref="ProtocolFileException"/>.</summary>
    internal static SafeFileHandle OpenRegularFile(string path)
    {
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
            throw new ProtocolFileException("not_a_file", "this is a folder; put a regular file here");
        if (OperatingSystem.IsWindows())
            return new FileInfo(path).LinkTarget is null
                ? File.OpenHandle(path)
                : throw Symlink();

        var handle = Open(path, NonBlocking | NoFollow, out var error);
        if (!handle.IsInvalid)
            return handle;
        handle.Dispose();
        throw error switch
        {
            ENOENT => new FileNotFoundException("The file is gone.", path),
            _ when error == ELOOP => Symlink(),
            _ => new ProtocolFileException("unreadable", new Win32Exception(error).Message),
        };

        static ProtocolFileException Symlink() => new("symlink", "links are not followed; put the file itself here");
    }

    internal static SafeFileHandle Open(string path, int flags, out int error)
    {
        while (true)
        {
            var descriptor = open(path, flags | CloseOnExec, 0);
            error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error != EINTR)
                return new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    /// <summary>Writes once. Returns the number of bytes, or -1 with <paramref name="error"/> set.</summary>
    internal static nint Write(SafeFileHandle handle, ReadOnlySpan<byte> bytes, out int error)
    {
        while (true)
        {
            var written = write(handle, bytes, (nuint)bytes.Length);
            error = written < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error != EINTR)
                return written;
        }
    }

    /// <summary>Whether this is a file with positions, which a FIFO is not.</summary>
    internal static bool IsSeekable(SafeFileHandle handle)
    {
        const int fromCurrent = 1;
        return lseek(handle, 0, fromCurrent) >= 0;
    }

    /// <summary>Makes a FIFO that only its owner can use; one that is there already is fine.</summary>
    internal static void MakeFifo(string path)
    {
        const uint ownerReadWrite = 0x180; // 0600
        if (mkfifo(path, ownerReadWrite) == 0)
            return;
        var error = Marshal.GetLastPInvokeError();
        if (error != EEXIST)
            throw new IOException($"Cannot make the named pipe {path}: {new Win32Exception(error).Message}");
    }

    /// <summary>Gives a file a second name at once and as a whole. False when the name is taken: unlike a rename, a link replaces nothing.</summary>
    internal static bool TryLink(string existing, string name)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (link(existing, name) == 0)
                return true;
            if (Marshal.GetLastPInvokeError() == EEXIST)
                return false;
        }
        // A file system without links (some network shares have none). The look and the rename are two steps there.
        if (Path.Exists(name))
            return false;
        File.Move(existing, name);
        return true;
    }

    /// <summary>
    /// Gives a pipe room for a burst, as far as the system allows it (Linux: up to 1 MiB without privileges; the default is 64 KiB).
    /// </summary>
    internal static void Widen(SafeFileHandle pipe)
    {
        const int setPipeSize = 1031, oneMebibyte = 1 << 20; // F_SETPIPE_SZ
        if (OperatingSystem.IsLinux())
            _ = fcntl(pipe, setPipeSize, oneMebibyte);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle handle, int command, int argument);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle handle, ReadOnlySpan<byte> bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle handle, long offset, int whence);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);
}
