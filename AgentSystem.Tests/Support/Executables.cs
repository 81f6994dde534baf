using System.Diagnostics;

namespace AgentSystem.Tests.Support;

/// <summary>Programs of this machine.</summary>
internal static class Executables
{
    /// <summary>The path of the first of these names that is on PATH; null when none is.</summary>
    public static string? Find(params string[] names) =>
        (from name in names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         select Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs one to its end, which has to be a good one; all that it said.</summary>
    public static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}
