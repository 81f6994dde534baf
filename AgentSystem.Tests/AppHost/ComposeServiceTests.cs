using AgentSystem.AppHost.Publishing;
using AgentSystem.Tests.Support;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace AgentSystem.Tests.AppHost;

/// <summary>What is put into a Compose file that Aspire's writer has left as bare as it leaves it.</summary>
public sealed class ComposeServiceTests
{
    private const string Healthy = "service_healthy", Ended = "service_completed_successfully";

    [Fact]
    public async Task Whoever_waits_for_a_service_waits_for_its_health()
    {
        var file = await CompleteAsync();

        Assert.Equal(Healthy, file.Services["marie"].DependsOn["orchestrator"].Condition);
        Assert.Equal(Healthy, file.Services["alertmanager"].DependsOn["alerting"].Condition);
        Assert.All(file.Services.Values.SelectMany(service => service.DependsOn), dependency =>
        {
            Assert.Equal(dependency.Key == "volumes" ? Ended : Healthy, dependency.Value.Condition);
            Assert.Contains(dependency.Key, file.Services.Keys);
            Assert.True(dependency.Key == "volumes" || file.Services[dependency.Key].Healthcheck is not null, dependency.Key);
        });
    }

    [Fact]
    public async Task Every_service_but_the_one_that_ends_has_a_health_check_with_the_tool_to_make_it()
    {
        var file = await CompleteAsync();

        Assert.True(file.Services.Count > 10);
        foreach (var service in file.Services.Values.Where(service => service.Name != "volumes"))
        {
            Assert.NotNull(service.Healthcheck);
            Assert.Equal("CMD", service.Healthcheck.Test[0]);
            Assert.StartsWith("/tools/", service.Healthcheck.Test[1], StringComparison.Ordinal);
            Assert.Contains(service.Volumes, volume => volume is { Target: "/tools", ReadOnly: true });
            Assert.Equal("unless-stopped", service.Restart);
            Assert.Contains("volumes", service.DependsOn.Keys);
        }

        Assert.Equal("http://127.0.0.1:8080/health", file.Services["marie"].Healthcheck!.Test[^1]);
        Assert.Equal("http://127.0.0.1:13133/status", file.Services["jaeger"].Healthcheck!.Test[^1]);
        Assert.Null(file.Services["volumes"].Healthcheck);
        Assert.Equal("no", file.Services["volumes"].Restart);
    }

    [Fact]
    public async Task Replicas_and_limits_are_those_of_the_model()
    {
        var file = await CompleteAsync("--Workers:Replicas=3");

        Assert.Equal(3, file.Services["fabien"].Deploy!.Replicas);
        Assert.Equal(1, file.Services["orchestrator"].Deploy!.Replicas);
        Assert.Equal("2G", file.Services["prometheus"].Deploy!.Resources!.Limits!.Memory);
        Assert.All(file.Services.Values, service => Assert.NotNull(service.Deploy!.Resources!.Limits!.Cpus));
    }

    [Fact]
    public async Task What_is_meant_for_people_is_reached_from_the_machine_itself_and_nothing_else_is()
    {
        var file = await CompleteAsync();

        Assert.Equal(
            ["alertmanager 127.0.0.1:9093:9093", "console 127.0.0.1:8081:8081", "dashboard 127.0.0.1:18888:18888", "grafana 127.0.0.1:3000:3000", "jaeger 127.0.0.1:16686:16686",
                "orchestrator 127.0.0.1:8080:8080", "prometheus 127.0.0.1:9090:9090"],
            file.Services.Values.SelectMany(service => service.Ports.Select(port => $"{service.Name} {port}")).Order());
    }

    [Fact]
    public async Task A_secret_that_has_to_be_a_file_comes_from_the_environment()
    {
        var file = await CompleteAsync();

        Assert.Equal("${API_KEY}\n", file.Configs["secret-api-key"].Content);
        foreach (var name in new[] { "prometheus", "alertmanager" })
        {
            Assert.Contains(file.Services[name].Configs, reference => (reference.Source, reference.Target) == ("secret-api-key", "/run/secrets/api-key"));
        }
    }

    [Fact]
    public async Task The_image_of_a_service_of_ours_can_be_built_where_it_is_missing()
    {
        var file = await CompleteAsync();

        var build = file.Services["anga"].Build!;
        Assert.Equal(("/repository", "Workers"), (build.Context, build.Args["PROJECT"]));
        Assert.True(File.Exists(Path.Combine(Repository.Root, build.Dockerfile!)), build.Dockerfile);
        Assert.Null(file.Services["grafana"].Build);
    }

    /// <summary>Each resource as Aspire's writer hands it over, completed.</summary>
    private static async Task<ComposeFile> CompleteAsync(params string[] arguments)
    {
        var resources = (await PublishedModel.ReadAsync(arguments)).OfType<IComputeResource>().ToArray();
        var file = new ComposeFile();
        foreach (var resource in resources)
        {
            var service = new Service { Name = resource.Name };
            foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
                service.DependsOn[wait.Resource.Name] = new() { Condition = "service_started" };
            file.AddService(service);
        }

        foreach (var resource in resources)
            ComposeService.Complete(file, resource, new ComposeOutput("/elsewhere", "/repository"));
        return file;
    }
}
