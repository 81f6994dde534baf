using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.AppHost;

/// <summary>The model as AppHost.cs builds it, not started.</summary>
public sealed class TopologyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("topology-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_resource_of_the_picture_is_there()
    {
        var resources = await ResourcesAsync();

        string[] picture = ["orchestrator", "marie", "anga", "fabien", "alerting", "prometheus", "alertmanager", "node-exporter"];
        Assert.Superset(picture.ToHashSet(), resources.Select(resource => resource.Name).ToHashSet());
    }

    [Fact]
    public async Task Workers_can_be_multiplied()
    {
        var resources = await ResourcesAsync("--Workers:Replicas=3");

        var marie = Assert.Single(resources, resource => resource.Name == "marie");
        Assert.Equal(3, Assert.Single(marie.Annotations.OfType<ReplicaAnnotation>()).Replicas);
    }

    [Fact]
    public async Task Workers_wait_for_the_orchestrator_and_Prometheus_too()
    {
        var resources = await ResourcesAsync();

        foreach (var name in new[] { "marie", "anga", "fabien", "prometheus" })
        {
            var resource = Assert.Single(resources, resource => resource.Name == name);
            Assert.Contains(resource.Annotations.OfType<WaitAnnotation>(), wait => wait.Resource.Name == "orchestrator");
        }
    }

    [Fact]
    public async Task A_backend_that_is_switched_off_is_not_there()
    {
        var resources = await ResourcesAsync("--Backends:NodeExporter=off");

        Assert.DoesNotContain(resources, resource => resource.Name == "node-exporter");
    }

    [Fact]
    public async Task The_key_is_a_secret()
    {
        var resources = await ResourcesAsync();

        var key = Assert.Single(resources.OfType<ParameterResource>(), parameter => parameter.Name == "api-key");
        Assert.True(key.Secret);
    }

    private async Task<IReadOnlyList<IResource>> ResourcesAsync(params string[] arguments)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AgentSystem_AppHost>(
            [$"--Data:Dir={_folder.FullName}", .. arguments]);
        return [.. builder.Resources];
    }
}
