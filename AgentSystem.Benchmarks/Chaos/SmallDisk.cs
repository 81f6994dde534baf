using System.Diagnostics;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>
/// A disk of the run's own that is small enough to be filled: a file system in memory, which needs root to be mounted. Without that right it is a
/// folder, on a disk that is too large to be filled.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly bool _isMounted;

    private SmallDisk(string folder, bool isMounted) => (Folder, _isMounted) = (folder, isMounted);

    internal string Folder { get; }

    internal static async Task<SmallDisk> MountAsync(TextWriter progress)
    {
        var folder = Directory.CreateTempSubdirectory("chaos-").FullName;
        var isMounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && await RunAsync("mount", "-t", "tmpfs", "-o", "size=1g,mode=0700", "chaos", folder);
        if (!isMounted)
            await progress.WriteLineAsync("No disk of its own (that needs root): full-disk will be refused.");
        return new(folder, isMounted);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted && !await RunAsync("umount", "--lazy", Folder)) // whoever still has a file open there is about to end
            return;
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
