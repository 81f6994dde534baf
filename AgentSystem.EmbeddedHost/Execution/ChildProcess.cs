using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Execution;

/// <summary>
/// A program in a session and process group of its own. Beside it waits a shell that reads a pipe from this process: when the pipe ends, because
/// this process is gone however it went, the shell ends the whole group.
/// </summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const string Guarded = """
        exec 3<&0 </dev/null
        (
          exec >/dev/null 2>&1
          trap '' TERM INT HUP
          read -r _ <&3
          kill -s TERM -- -$$
          i=0
          while [ $i -lt 50 ] && kill -0 $$; do sleep 0.1; i=$((i+1)); done
          kill -s KILL -- -$$
        ) &
        exec "$@" 3<&-
        """;

    private const int SigTerm = 15;
    private const int SigKill = 9;

    /// <summary>How long to wait for the end of the output, which somebody who left the group may still hold.</summary>
    private static readonly TimeSpan LastOutput = TimeSpan.FromSeconds(2);

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static ChildProcess Start(
        string file, IEnumerable<string> args, string workingDirectory, IReadOnlyDictionary<string, string> variables, Action<string, bool> output)
    {
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = workingDirectory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["/bin/sh", "-c", Guarded, "guard", file, .. args])
            start.ArgumentList.Add(argument);
        // What this process was told for itself is not meant for others.
        foreach (var own in (string[])["ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "ASPIRE_LOGLEVEL"])
            start.Environment.Remove(own);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Pass(e.Data, false);
        process.ErrorDataReceived += (_, e) => Pass(e.Data, true);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process);

        void Pass(string? line, bool isError)
        {
            if (line is not null)
                output(line, isError);
        }
    }

    /// <summary>Waits for the program to end, ends what it left in its group, and gives its exit code.</summary>
    public async Task<int> WaitAsync()
    {
        // The output of grandchildren must not hold us: only the exit counts.
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => exited.TrySetResult();
        if (_process.HasExited)
            exited.TrySetResult();
        await exited.Task.ConfigureAwait(false);
        KillAll();
        using var limit = new CancellationTokenSource(LastOutput);
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _process.ExitCode;
    }

    public void Terminate()
    {
        // In its first moment the process has no group of its own yet.
        if (Kill(-Id, SigTerm) != 0)
            _ = Kill(Id, SigTerm);
    }

    public void KillAll() => _ = Kill(-Id, SigKill);

    public void Dispose() => _process.Dispose();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int id, int signal);
}
