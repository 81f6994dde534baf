using System.Diagnostics;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Hosting.Embedded;

/// <summary>What SDK and host make of a home folder with a certificate for development.</summary>
public sealed class DeveloperCertificateTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task processes_trust_what_the_host_trusts()
    {
        Directory.CreateDirectory(_home["trusted"]);
        using (var made = Start("dev-certs", "https", "--export-path", _home["trusted", "localhost.pem"], "--format", "Pem", "--no-password"))
            await made.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        using var host = Start(
            typeof(Projects.AgentSystem_AppHost).Assembly.Location, "--Backends=off", $"--Data:Dir={_home["data"]}", $"--AGENTSYSTEM_CONNECTION={_home["connection.json"]}");
        try
        {
            string? folders = null;
            await Eventually.True(() => (folders = ChildrenOf(host.Id).Select(child => Variable(child, "SSL_CERT_DIR")).FirstOrDefault(value => value is not null && value != _home["trusted"])) is not null);

            Assert.EndsWith($":{_home["trusted"]}", folders, StringComparison.Ordinal);
            // What openssl x509 -hash prints for CN=localhost.
            var certificate = Assert.Single(Directory.GetFiles(folders!.Split(':')[0]));
            Assert.Equal("ce275665.0", Path.GetFileName(certificate));
            Assert.Contains((await File.ReadAllTextAsync(certificate)).Trim(), await File.ReadAllTextAsync(_home["trusted", "localhost.pem"]), StringComparison.Ordinal);
        }
        finally
        {
            host.Kill(entireProcessTree: true);
            await host.WaitForExitAsync();
        }
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["HOME"] = _home.Path;
        start.Environment["SSL_CERT_DIR"] = _home["trusted"];
        start.Environment["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static IEnumerable<string> ChildrenOf(int id) => Directory.GetDirectories($"/proc/{id}/task")
        .SelectMany(thread => Read($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string? Variable(string id, string name) =>
        Read($"/proc/{id}/environ").Split('\0').FirstOrDefault(variable => variable.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // the process has gone
        }
    }
}
