using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AgentSystem.Tests.Hosting.Embedded;

/// <summary>A terminal without a screen: what a program shows on it can be read, and what it reads can be typed.</summary>
internal sealed partial class Pty : IDisposable
{
    private const int ReadWrite = 2, NoControllingTerminal = 256;
    private readonly FileStream _person;
    private readonly SafeFileHandle _open;
    private readonly StringBuilder _screen = new();

    public Pty()
    {
        var descriptor = OpenMaster(ReadWrite | NoControllingTerminal);
        if (descriptor < 0 || Grant(descriptor) != 0 || Unlock(descriptor) != 0)
            throw new InvalidOperationException("No pseudo-terminal can be had.");
        Device = Marshal.PtrToStringUTF8(Name(descriptor))!;
        // Held open, as the terminal is gone for the person once no program has it open.
        _open = new SafeFileHandle(Open(Device, ReadWrite | NoControllingTerminal), ownsHandle: true);
        _person = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
        new Thread(Read) { IsBackground = true }.Start();
    }

    /// <summary>The file that a program opens to have this as its terminal.</summary>
    public string Device { get; }

    public string Screen
    {
        get
        {
            lock (_screen)
                return _screen.ToString();
        }
    }

    public void Type(string text) => _person.Write(Encoding.UTF8.GetBytes(text));

    public void Dispose()
    {
        _open.Dispose();
        _person.Dispose();
    }

    private void Read()
    {
        var buffer = new byte[1024];
        try
        {
            while (_person.Read(buffer) is > 0 and var count)
            {
                lock (_screen)
                    _screen.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody has it open any more.
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ptsname", SetLastError = true)]
    private static partial nint Name(int descriptor);
}
