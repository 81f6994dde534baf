using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.AppHost;

/// <summary>The AppHost as somebody publishes it, by its command line.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task The_committed_manifest_is_what_the_AppHost_writes()
    {
        // Paths in a manifest begin at its own folder, which has to be like the committed one's.
        var path = Path.Combine(Repository.Root, $"aspire-manifest.{Guid.NewGuid():n}.json");
        try
        {
            var (code, output) = await Dotnet.RunAsync(typeof(Projects.AgentSystem_AppHost).Assembly.Location, "--publisher", "manifest", "--output-path", path);

            Assert.True(code == 0, output);
            var committed = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "aspire-manifest.json"));
            Assert.True(
                committed.TrimEnd() == (await File.ReadAllTextAsync(path)).TrimEnd(),
                "aspire-manifest.json is not up to date. Write it anew: dotnet run --project AgentSystem.AppHost -- --publisher manifest --output-path aspire-manifest.json");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
