using AgentSystem.AppHost.Publishing;
using AgentSystem.Tests.Support;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace AgentSystem.Tests.AppHost;

public sealed class ComposeOutputTests : IDisposable
{
    private readonly TempFolder _repository = new();
    private readonly TempFolder _output = new();

    public void Dispose()
    {
        _repository.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void A_mounted_folder_of_the_repository_comes_along()
    {
        Write("infra/loki/loki.yaml", "new");
        Write("infra/loki/rules/fake/rules.yml", "rules");
        Directory.CreateDirectory(_output["infra/loki"]);
        File.WriteAllText(_output["infra/loki/loki.yaml"], "old");
        File.WriteAllText(_output["infra/loki/mine.yaml"], "somebody else's");
        var (file, variables) = Captured(_repository["infra/loki"]);

        Output().Settle(file, variables);

        Assert.Equal("./infra/loki", file.Services["loki"].Volumes[0].Source);
        Assert.Empty(variables);
        Assert.Equal("new", File.ReadAllText(_output["infra/loki/loki.yaml"]));
        Assert.Equal("rules", File.ReadAllText(_output["infra/loki/rules/fake/rules.yml"]));
        Assert.Equal("somebody else's", File.ReadAllText(_output["infra/loki/mine.yaml"]));
    }

    [Fact]
    public void What_speaks_of_a_service_that_is_not_published_stays_behind()
    {
        Write("infra/prometheus/targets/loki.yml", "there");
        Write("infra/prometheus/targets/telemetry-store.yml", "not there");
        var (file, variables) = Captured(_repository["infra/prometheus"]);

        Output().Settle(file, variables);

        Assert.Equal(["loki.yml"], Directory.GetFiles(_output["infra/prometheus/targets"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Publishing_into_the_repository_itself_leaves_its_files_where_they_are()
    {
        Write("infra/loki/loki.yaml", "kept");
        var (file, variables) = Captured(_repository["infra/loki"]);

        new ComposeOutput(_repository.Path, _repository.Path).Settle(file, variables);

        Assert.Equal("./infra/loki", file.Services["loki"].Volumes[0].Source);
        Assert.Equal("kept", File.ReadAllText(_repository["infra/loki/loki.yaml"]));
    }

    [Fact]
    public void Publishing_through_a_link_to_the_repository_leaves_its_files_too()
    {
        Write("infra/loki/loki.yaml", "kept");
        File.CreateSymbolicLink(_output["link"], _repository.Path);
        var (file, variables) = Captured(_repository["infra/loki"]);

        new ComposeOutput(_output["link"], _repository.Path).Settle(file, variables);

        Assert.Equal("kept", File.ReadAllText(_repository["infra/loki/loki.yaml"]));
    }

    [Fact]
    public void Another_folder_stays_where_it_is()
    {
        var (file, variables) = Captured("/var/lib/elsewhere");

        Output().Settle(file, variables);

        Assert.Equal("/var/lib/elsewhere", file.Services["loki"].Volumes[0].Source);
    }

    [Fact]
    public void Everything_but_secrets_has_a_value_and_what_people_wrote_stays()
    {
        File.WriteAllLines(_output[".env"], ["# mine", "API_KEY=secret", "MARIE_IMAGE=registry/marie:7", "ANGA_IMAGE="]);
        var variables = new Dictionary<string, CapturedEnvironmentVariable>
        {
            ["API_KEY"] = new() { Name = "API_KEY", Source = new ParameterResource("api-key", _ => "never written", secret: true) },
            ["MARIE_IMAGE"] = new() { Name = "MARIE_IMAGE", Description = "image", DefaultValue = "marie:latest" },
            ["ANGA_IMAGE"] = new() { Name = "ANGA_IMAGE", Description = "image", DefaultValue = "anga:latest" },
        };

        Output().Settle(new ComposeFile(), variables);

        var lines = File.ReadAllLines(_output[".env"]);
        Assert.Equal(["API_KEY=secret", "MARIE_IMAGE=registry/marie:7", "ANGA_IMAGE=anga:latest"], lines.Where(line => line.Contains('=')));
        Assert.Equal(3, variables.Count);
    }

    [Theory]
    [InlineData("build/compose", "../..")]
    [InlineData("/elsewhere", null)]
    public void The_build_finds_the_repository_from_the_Compose_file(string folder, string? context)
    {
        var build = new ComposeOutput(Path.GetFullPath(folder, _repository.Path), _repository.Path).BuildOf("/r/Orchestrator/Orchestrator.csproj");

        Assert.Equal(context ?? _repository.Path, build.Context);
        Assert.Equal("Orchestrator", build.Args["PROJECT"]);
    }

    private ComposeOutput Output() => new(_output.Path, _repository.Path);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_repository[path])!);
        File.WriteAllText(_repository[path], text);
    }

    private static (ComposeFile File, Dictionary<string, CapturedEnvironmentVariable> Variables) Captured(string source)
    {
        var service = new Service { Name = "loki" };
        service.AddVolume(new Volume { Name = "LOKI_BINDMOUNT_0", Type = "bind", Source = "${LOKI_BINDMOUNT_0}", Target = "/etc/loki" });
        return (new ComposeFile().AddService(service), new()
        {
            ["LOKI_BINDMOUNT_0"] = new()
            {
                Name = "LOKI_BINDMOUNT_0",
                DefaultValue = source,
                Source = new ContainerMountAnnotation(source, "/etc/loki", ContainerMountType.BindMount, isReadOnly: true),
            },
        });
    }
}
