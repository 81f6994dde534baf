using System.Runtime.Versioning;
using AgentSystem.AppHost.Backends;
using CsCheck;

namespace AgentSystem.Tests.AppHost;

[UnsupportedOSPlatform("windows")]
public sealed class BackendSettingsTests : IDisposable
{
    private static readonly Dictionary<string, string> Addresses = new() { ["orchestrator"] = "localhost:40001", ["alerting"] = "localhost:40002" };
    private static readonly Dictionary<string, string> Secrets = new() { ["api-key"] = "a secret" };
    private const UnixFileMode OwnerMayRead = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("url: http://orchestrator:8080/workers/targets", "url: http://localhost:40001/workers/targets")]
    [InlineData("""- targets: ["alerting:8080"]""", """- targets: ["localhost:40002"]""")]
    [InlineData("my-orchestrator:8080", "my-orchestrator:8080")]
    [InlineData("labels: { job: orchestrator }", "labels: { job: orchestrator }")]
    [InlineData("http://elsewhere:80", "http://elsewhere:80")]
    public void A_name_with_a_port_becomes_the_address_of_the_run(string text, string expected) =>
        Assert.Equal(expected, BackendSettings.Render(text, Addresses));

    [Fact]
    public void Text_without_addresses_is_left_alone() =>
        Gen.String[Gen.Char["ab:-. \n/{}"]].Sample(text => Assert.Equal(text, BackendSettings.Render(text, Addresses)));

    [Fact]
    public async Task The_copy_has_addresses_and_secrets_and_nothing_of_the_run_before()
    {
        var source = Write("source/main.yml", "url: http://alerting:8080/x\nfile: targets/*.yml\n");
        var stale = Write("copy/stale.yml", "old");

        await CopyAsync(source.Directory!.FullName);

        Assert.Equal("url: http://localhost:40002/x\nfile: targets/*.yml\n", Read("copy/main.yml"));
        Assert.Equal("a secret", Read("copy/secrets/api-key"));
        Assert.False(stale.Exists && File.Exists(stale.FullName));
    }

    [Fact]
    public async Task A_secret_is_its_owners()
    {
        var source = Write("source/main.yml", "");

        await CopyAsync(source.Directory!.FullName);

        Assert.Equal(OwnerMayRead, File.GetUnixFileMode(Path.Combine(_folder.FullName, "copy/secrets/api-key")));
    }

    [Fact]
    public async Task A_resource_that_is_left_out_has_no_target()
    {
        var source = Write("source/main.yml", "");
        Write("source/targets/alerting.yml", """- targets: ["alerting:8080"]""");
        Write("source/targets/node-exporter.yml", """- targets: ["node-exporter:9100"]""");

        await CopyAsync(source.Directory!.FullName);

        var targets = Directory.GetFiles(Path.Combine(_folder.FullName, "copy/targets")).Select(Path.GetFileName);
        Assert.Equal(["alerting.yml"], targets);
    }

    private Task CopyAsync(string source) => BackendSettings.CopyAsync(
        source, Path.Combine(_folder.FullName, "copy"), Addresses, Secrets, OwnerMayRead, CancellationToken.None);

    private FileInfo Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
        return file;
    }

    private string Read(string path) => File.ReadAllText(Path.Combine(_folder.FullName, path));
}
