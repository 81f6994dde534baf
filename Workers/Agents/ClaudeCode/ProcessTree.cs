using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace AgentSystem.Workers.Agents.ClaudeCode;

/// <summary>
/// A process and everything that it starts, told by a mark in the environment, which children inherit: what has lost its parent is found, too.
/// </summary>
internal sealed partial class ProcessTree : IDisposable
{
    private const string Mark = "AGENTSYSTEM_RUN";
    private const int Interruption = 2, Passes = 5;
    private readonly Process _root;
    private readonly byte[] _mark;

    private ProcessTree(Process root, string id) => (_root, _mark) = (root, Encoding.UTF8.GetBytes($"{Mark}={id}"));

    /// <summary>What it writes.</summary>
    public StreamReader Output => _root.StandardOutput;

    /// <summary>What it complains of.</summary>
    public StreamReader Error => _root.StandardError;

    /// <summary>Where it reads.</summary>
    public StreamWriter Input => _root.StandardInput;

    /// <summary>Its process id.</summary>
    public int Id => _root.Id;

    /// <summary>How it ended.</summary>
    public int ExitCode => _root.ExitCode;

    /// <summary>Starts it with its streams redirected.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static ProcessTree Start(ProcessStartInfo start)
    {
        var id = Guid.NewGuid().ToString("N");
        start.Environment[Mark] = id;
        start.UseShellExecute = false;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = start.StandardOutputEncoding = start.StandardErrorEncoding = new UTF8Encoding(false);
        return new(Process.Start(start)!, id);
    }

    /// <summary>Asks it to come to an end by itself, as Ctrl-C does.</summary>
    public void Interrupt()
    {
        if (!OperatingSystem.IsWindows() && !_root.HasExited)
            _ = kill(_root.Id, Interruption);
    }

    /// <summary>Waits for its end.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _root.WaitForExitAsync(cancellation);

    /// <summary>Ends it and everything that it has started.</summary>
    public void Kill()
    {
        try
        {
            _root.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It has ended meanwhile.
        }
        // What is forked while we look is found by the next look.
        for (var i = 0; i < Passes && Marked() is { Count: > 0 } left; i++)
            left.ForEach(KillOne);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _root.Dispose();
    }

    private List<int> Marked() => !Directory.Exists("/proc")
        ? []
        : [.. Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var pid) ? pid : 0).Where(pid => pid > 0 && HasMark(pid))];

    private bool HasMark(int pid)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ").AsSpan().IndexOf(_mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void KillOne(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended meanwhile.
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
