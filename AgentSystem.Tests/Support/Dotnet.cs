using System.Diagnostics;

namespace AgentSystem.Tests.Support;

/// <summary>The dotnet command, as a person would give it.</summary>
internal static class Dotnet
{
    /// <summary>Runs it to its end, at most two minutes; its exit code and all it said.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("AppHostEngine");
        start.Environment.Remove("AppHostEngineReason");
        // An AppHost makes a key for its dashboard and keeps it in the user secrets of whoever runs it; here that would be the tests.
        start.Environment["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
