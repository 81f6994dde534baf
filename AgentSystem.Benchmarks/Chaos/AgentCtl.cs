using System.Diagnostics;
using System.Globalization;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Benchmarks.Chaos;

/// <summary>A run of agentctl, as people start it.</summary>
internal sealed class AgentCtl : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output, _error;

    private AgentCtl(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    internal bool HasExited => _process.HasExited;

    internal static AgentCtl Start(string assembly, string connection, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[ConnectionFile.PathVariable] = connection;
        start.Environment["USER"] = "chaos";
        return new(Process.Start(start)!);
    }

    /// <summary>Interrupts it as Ctrl-C does, and waits until it has undone what it did.</summary>
    internal Task<(int ExitCode, string Said)> InterruptAsync() => EndAsync("-INT");

    /// <summary>Ends it so that it can undo nothing.</summary>
    internal Task<(int ExitCode, string Said)> KillAsync() => EndAsync("-KILL");

    internal async Task<(int ExitCode, string Said)> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return (_process.ExitCode, await _output + await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await InterruptAsync();
        _process.Dispose();
    }

    private async Task<(int ExitCode, string Said)> EndAsync(string signal)
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }
        return await WaitAsync();
    }
}
