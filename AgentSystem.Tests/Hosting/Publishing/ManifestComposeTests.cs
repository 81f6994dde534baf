using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace AgentSystem.Tests.Hosting.Publishing;

/// <summary>The manifest of an application that is published as a Docker Compose application.</summary>
public sealed class ManifestComposeTests
{
    private const string CannotBeWritten = """{"error":"This resource does not support generation in the manifest."}""";

    [Fact]
    public async Task the_environment_is_an_entry_and_what_is_deployed_to_it_has_the_second_version()
    {
        using var folder = new TempFolder();
        var entries = await Manifest.EntriesAsync(app =>
        {
            app.AddParameter("p");
            app.AddDockerComposeEnvironment("compose").WithDashboard(enabled: false);
            app.AddProject("project", Manifest.Project(folder, "P"));
            app.AddContainer("container", "image").WithOtlpExporter();
            app.AddExecutable("executable", "x", ".");
            app.AddContainer("hidden", "image").ExcludeFromManifest();
        });

        Assert.Equal(["p", "compose", "project", "container", "executable"], entries.Keys);
        Assert.Equal(CannotBeWritten, entries["compose"]);
        Assert.StartsWith("{\"type\":\"project.v1\",", entries["project"], StringComparison.Ordinal);
        Assert.Equal("""{"type":"container.v1","image":"image:latest"}""", entries["container"]);
        Assert.StartsWith("{\"type\":\"executable.v0\",", entries["executable"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task its_dashboard_takes_the_telemetry_and_is_written_at_the_end()
    {
        using var folder = new TempFolder();
        var entries = await Manifest.EntriesAsync(app =>
        {
            app.AddDockerComposeEnvironment("env");
            app.AddProject("project", Manifest.Project(folder, "P"));
            app.AddContainer("silent", "image");
            app.AddContainer("sends", "image").WithOtlpExporter().WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", "own");
        });

        const string ToDashboard = "\"OTEL_EXPORTER_OTLP_ENDPOINT\":\"{env-dashboard.bindings.otlp-grpc.url}\",\"OTEL_EXPORTER_OTLP_PROTOCOL\":\"grpc\"";
        Assert.Equal(["env", "project", "silent", "sends", "env-dashboard"], entries.Keys);
        Assert.Equal($$$"""{"OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY":"in_memory",{{{ToDashboard}}},"OTEL_SERVICE_NAME":"project"}""", entries.Part("project", "env"));
        Assert.Equal($$$"""{{{{ToDashboard}}},"OTEL_SERVICE_NAME":"sends"}""", entries.Part("sends", "env"));
        Assert.Equal("", entries.Part("silent", "env"));
        Assert.Equal(
            Manifest.Json("""
            {"type":"container.v1","image":"mcr.microsoft.com/dotnet/nightly/aspire-dashboard:13.5","bindings":{"http":{"scheme":"http","protocol":"tcp","transport":"http","targetPort":18888,"external":true},
            "otlp-grpc":{"scheme":"http","protocol":"tcp","transport":"http","targetPort":18889},"otlp-http":{"scheme":"http","protocol":"tcp","transport":"http","targetPort":18890}}}
            """),
            entries["env-dashboard"]);
    }

    [Fact]
    public async Task what_is_said_about_services_changes_nothing_in_the_manifest()
    {
        var entries = await Manifest.EntriesAsync(app =>
        {
            var key = app.AddParameter("key", secret: true);
            app.AddDockerComposeEnvironment("compose").WithDashboard(false).WithProperties(environment => environment.DefaultNetworkName = "net")
                .ConfigureEnvFile(variables => variables["A"].DefaultValue = "1")
                .ConfigureComposeFile(file =>
                {
                    file.Name = "app";
                    file.AddVolume(new Volume { Name = "data", Driver = "local" }).AddNetwork(new Network { Name = "net" }).AddConfig(new Config { Name = "settings", Content = "x" })
                        .AddService(new Service { Name = "init", Image = "image" }.AddEnvironmentalVariable("A", null).AddVolume(new Volume { Name = "data", Type = "volume", Source = "data", Target = "/data" }));
                });
            app.AddContainer("c", "image").PublishAsDockerComposeService((resource, service) =>
            {
                service.Restart = "unless-stopped";
                service.Environment["KEY"] = key.AsEnvironmentPlaceholder(resource);
                service.Healthcheck = new Healthcheck { Test = ["CMD", "true"], Interval = "5s", Timeout = "2s", StartPeriod = "10s", Retries = 3 };
                service.DependsOn["db"] = new ServiceDependency { Condition = "service_healthy" };
                service.Deploy = new() { Replicas = 2, Resources = new() { Limits = new() { Cpus = "0.5", Memory = "256M" } }, RestartPolicy = new() { Condition = "any", MaxAttempts = 3 } };
                service.Logging = new Logging { Driver = "json-file", Options = { ["max-size"] = "10m" } };
                service.Configs.Add(new ConfigReference { Source = "settings", Target = "/settings", Mode = UnixFileMode.UserRead });
                service.Ulimits["nofile"] = new Ulimit { Soft = 1024, Hard = 2048 };
            });
        });

        Assert.Equal(["key", "compose", "c"], entries.Keys);
        Assert.Equal("""{"type":"container.v1","image":"image:latest"}""", entries["c"]);
    }

    [Fact]
    public void in_a_run_there_is_no_such_environment()
    {
        var builder = Hosts.Builder();
        builder.AddDockerComposeEnvironment("compose").ConfigureComposeFile(_ => Assert.Fail("Nothing is published."));
        var container = builder.AddContainer("c", "image").PublishAsDockerComposeService((_, _) => Assert.Fail("Nothing is published."));

        Assert.Equal(["c"], builder.Resources.Select(resource => resource.Name));
        Assert.DoesNotContain(container.Resource.Annotations, annotation => annotation is Aspire.Hosting.Docker.DockerComposeServiceCustomizationAnnotation);
    }
}
