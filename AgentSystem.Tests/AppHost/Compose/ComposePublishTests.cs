using AgentSystem.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace AgentSystem.Tests.AppHost.Compose;

/// <summary>What the engine that publishes to Docker Compose makes of the AppHost.</summary>
public sealed class ComposePublishTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_AppHost_publishes_a_Compose_application_that_starts_as_it_is()
    {
        var (code, output) = await Dotnet.RunAsync(
            typeof(Projects.AgentSystem_AppHost).Assembly.Location, "--operation", "publish", "--step", "publish", "--output-path", _folder["compose"]);

        // A step that fails does not make Aspire's exit code: what it said is then all there is.
        Assert.True(code == 0 && File.Exists(_folder["compose", ".env"]), output);
        var empty = (await File.ReadAllLinesAsync(_folder["compose", ".env"])).Where(line => line.EndsWith('='));
        Assert.Equal(["ANTHROPIC_KEY=", "API_KEY=", "CONSOLE_TOKEN=", "GRAFANA_PASSWORD=", "PAGERDUTY_KEY=", "SLACK_CHANNEL=", "SLACK_TOKEN="], empty);

        var yaml = new YamlStream();
        using (var reader = File.OpenText(_folder["compose", "docker-compose.yaml"]))
            yaml.Load(reader);
        // A secret that nobody set is a file all the same.
        Assert.All((YamlMappingNode)yaml.Documents[0].RootNode["configs"], config => Assert.EndsWith("}\n", (string?)config.Value["content"]));

        var services = (YamlMappingNode)yaml.Documents[0].RootNode["services"];
        Assert.Equal(16, services.Children.Count);
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
}
