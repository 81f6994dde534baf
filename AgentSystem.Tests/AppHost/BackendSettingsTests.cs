using System.Runtime.Versioning;
using AgentSystem.AppHost.Backends;
using CsCheck;

namespace AgentSystem.Tests.AppHost;

[UnsupportedOSPlatform("windows")]
public sealed class BackendSettingsTests : IDisposable
{
    private static readonly Dictionary<string, string> Addresses = new() { ["orchestrator:8080"] = "localhost:40001", ["alerting:8080"] = "localhost:40002", ["alerting:9"] = "localhost:40003" };
    private const UnixFileMode OwnerMayRead = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("url: http://orchestrator:8080/workers/targets", "url: http://localhost:40001/workers/targets")]
    [InlineData("""- targets: ["alerting:8080"]""", """- targets: ["localhost:40002"]""")]
    [InlineData("alerting:9 alerting:90", "localhost:40003 alerting:90")]
    [InlineData("my-orchestrator:8080", "my-orchestrator:8080")]
    [InlineData("labels: { job: orchestrator }", "labels: { job: orchestrator }")]
    [InlineData("http://elsewhere:80", "http://elsewhere:80")]
    public void A_name_with_a_port_becomes_the_address_of_the_run(string text, string expected) =>
        Assert.Equal(expected, BackendSettings.Render(text, Addresses));

    [Fact]
    public void Text_without_addresses_is_left_alone() =>
        Gen.String[Gen.Char["ab:-. \n/{}"]].Sample(text => Assert.Equal(text, BackendSettings.Render(text, Addresses)));

    [Fact]
    public async Task The_copy_is_rendered_and_has_nothing_of_the_run_before()
    {
        Write("source/main.yml", "url: http://alerting:8080/x\nfile: targets/*.yml\n");
        var stale = Write("copy/stale.yml", "old");

        await CopyAsync();

        Assert.Equal("url: http://localhost:40002/x\nfile: targets/*.yml\n", Read("copy/main.yml"));
        Assert.False(File.Exists(stale.FullName));
    }

    [Fact]
    public async Task A_secret_is_its_owners_and_the_newest_one_counts()
    {
        var folder = Path.Combine(_folder.FullName, "secrets");
        foreach (var value in new[] { "an old one", "a secret" })
            await BackendSettings.WriteSecretAsync(folder, "api-key", value, OwnerMayRead, CancellationToken.None);

        Assert.Equal("a secret", Read("secrets/api-key"));
        Assert.Equal(OwnerMayRead, File.GetUnixFileMode(Path.Combine(folder, "api-key")));
        Assert.Equal(OwnerMayRead | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task A_resource_that_is_left_out_has_no_target()
    {
        Write("source/main.yml", "");
        Write("source/targets/alerting.yml", """- targets: ["alerting:8080"]""");
        Write("source/targets/node-exporter.yml", """- targets: ["node-exporter:9100"]""");

        await CopyAsync();

        var targets = Directory.GetFiles(Path.Combine(_folder.FullName, "copy/targets")).Select(Path.GetFileName);
        Assert.Equal(["alerting.yml"], targets);
    }

    private Task CopyAsync() => BackendSettings.CopyAsync(
        Path.Combine(_folder.FullName, "source"), Path.Combine(_folder.FullName, "copy"), (_, text) => BackendSettings.Render(text, Addresses),
        new HashSet<string> { "orchestrator", "alerting" }, CancellationToken.None);

    private FileInfo Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
        return file;
    }

    private string Read(string path) => File.ReadAllText(Path.Combine(_folder.FullName, path));
}
