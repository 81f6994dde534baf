using System.Diagnostics;
using System.Globalization;

namespace AgentSystem.Tests.Hosting.Embedded;

public sealed class KilledHostTests
{
    [Fact]
    public async Task children_go_when_the_host_is_killed()
    {
        var folder = Directory.CreateTempSubdirectory();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        // Else it would make a key for a dashboard and keep it in the user secrets of whoever runs the tests.
        start.Environment["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        foreach (var argument in (string[])[typeof(Projects.AgentSystem_AppHost).Assembly.Location, $"--Data:Dir={folder.FullName}", $"--AGENTSYSTEM_CONNECTION={folder.FullName}/connection.json"])
            start.ArgumentList.Add(argument);
        using var host = Process.Start(start)!;
        try
        {
            host.OutputDataReceived += (_, _) => { };
            host.ErrorDataReceived += (_, _) => { };
            host.BeginOutputReadLine();
            host.BeginErrorReadLine();
            int[] groups = [];
            // In its first moment a child is still in the group of its host, and so in ours.
            await UntilAsync(() => (groups = [.. Processes().Where(p => p.Parent == host.Id && p.Group == p.Id).Select(p => p.Group)]).Length > 0, limit.Token);
            host.Kill();
            await UntilAsync(() => !Processes().Any(p => groups.Contains(p.Group)), limit.Token);
        }
        finally
        {
            if (!host.HasExited)
                host.Kill(entireProcessTree: true);
            folder.Delete(recursive: true);
        }
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
            await timer.WaitForNextTickAsync(cancellationToken);
    }

    /// <summary>Id, parent and process group of each process that is not merely waiting to be reaped.</summary>
    private static IEnumerable<(int Id, int Parent, int Group)> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            // Behind the name, which may hold anything: state, parent, group.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (fields[0] is not "Z")
                yield return (int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture));
        }
    }
}
