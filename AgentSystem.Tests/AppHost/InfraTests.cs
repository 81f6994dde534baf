using System.Text.RegularExpressions;
using AgentSystem.AppHost.Backends;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.AppHost;

/// <summary>The real tools judge the configuration, as it is committed and as a run gets it.</summary>
public sealed partial class InfraTests : IDisposable
{
    private const UnixFileMode OwnerMayRead = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("infra-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Promtool_accepts_the_configuration_of_Prometheus(bool rendered)
    {
        var copy = await CopyAsync("prometheus", rendered);

        var output = await Executables.RunAsync("promtool", "check", "config", Path.Combine(copy, "prometheus.yml"));

        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
        foreach (var targets in Directory.GetFiles(Path.Combine(copy, "targets")))
            Assert.Equal(rendered, File.ReadAllText(targets).Contains("localhost:4", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Amtool_accepts_the_configuration_of_Alertmanager(bool rendered)
    {
        var copy = await CopyAsync("alertmanager", rendered);

        var output = await Executables.RunAsync("amtool", "check-config", Path.Combine(copy, "alertmanager.yml"));

        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
        var receiver = rendered ? "http://localhost:40001/webhooks/alertmanager" : "http://alerting:8080/webhooks/alertmanager";
        Assert.Contains(receiver, await File.ReadAllTextAsync(Path.Combine(copy, "alertmanager.yml")), StringComparison.Ordinal);
    }

    private async Task<string> CopyAsync(string backend, bool rendered)
    {
        var resources = Directory.GetFiles(Path.Combine(Repository.Root, "infra", "prometheus", "targets")).Select(Path.GetFileNameWithoutExtension).OfType<string>().ToHashSet();
        var secrets = Path.Combine(_folder.FullName, "secrets");
        var copy = Path.Combine(_folder.FullName, backend);
        await BackendSettings.WriteSecretAsync(secrets, "api-key", "key", OwnerMayRead, CancellationToken.None);
        await BackendSettings.CopyAsync(
            Path.Combine(Repository.Root, "infra", backend), copy,
            (_, text) => (rendered ? Address().Replace(text, "localhost:40001") : text).Replace(RenderedSettingsExtensions.SecretsFolder, secrets, StringComparison.Ordinal),
            resources, CancellationToken.None);
        return copy;
    }

    [GeneratedRegex(@"(?<=[""/])[a-z-]+:\d+")]
    private static partial Regex Address();
}
