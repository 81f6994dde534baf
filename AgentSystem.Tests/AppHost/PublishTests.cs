using AgentSystem.AppHost;
using AgentSystem.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace AgentSystem.Tests.AppHost;

/// <summary>The AppHost as somebody publishes it, by its command line.</summary>
public sealed class PublishTests : IDisposable
{
    private static readonly string AppHost = typeof(Projects.AgentSystem_AppHost).Assembly.Location;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_committed_manifest_is_what_the_AppHost_writes()
    {
        // Paths in a manifest begin at its own folder, which has to be like the committed one's.
        var path = Path.Combine(Repository.Root, $"aspire-manifest.{Guid.NewGuid():n}.json");
        try
        {
            var (code, output) = await Dotnet.RunAsync(AppHost, "--publisher", "manifest", "--output-path", path);

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

    [Fact]
    public async Task The_embedded_engine_says_which_one_publishes_to_Compose()
    {
        if (Engine.Name == Engine.Aspire)
            return; // see the next test

        var (code, output) = await PublishAsync();

        Assert.Equal(1, code);
        Assert.Contains("AppHostEngine=aspire", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["compose"]));
    }

    [Fact]
    public async Task Aspire_publishes_a_Compose_application_that_starts_as_it_is()
    {
        if (Engine.Name != Engine.Aspire)
            return; // see the test before

        var (code, output) = await PublishAsync();

        Assert.True(code == 0, output);
        var empty = (await File.ReadAllLinesAsync(_folder["compose", ".env"])).Where(line => line.EndsWith('='));
        Assert.Equal(["API_KEY=", "GRAFANA_PASSWORD="], empty);

        var yaml = new YamlStream();
        using (var reader = File.OpenText(_folder["compose", "docker-compose.yaml"]))
            yaml.Load(reader);
        var services = (YamlMappingNode)yaml.Documents[0].RootNode["services"];
        Assert.Equal(15, services.Children.Count);
        foreach (var (name, service) in services)
        {
            foreach (var volume in Children(service, "volumes").Where(volume => (string?)volume["type"] == "bind"))
                Assert.True(Directory.Exists(Path.GetFullPath((string)volume["source"]!, _folder["compose"])), $"{name}: {volume}");
            if (service is YamlMappingNode { Children: var keys } && keys.ContainsKey("environment") && keys.ContainsKey("build"))
                Assert.Equal("http://otel-collector:4317", (string?)service["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        }
    }

    private static IEnumerable<YamlNode> Children(YamlNode service, string key) =>
        ((YamlMappingNode)service).Children.TryGetValue(key, out var children) ? (YamlSequenceNode)children : [];

    private Task<(int Code, string Output)> PublishAsync() =>
        Dotnet.RunAsync(AppHost, "--operation", "publish", "--step", "publish", "--output-path", _folder["compose"]);
}
