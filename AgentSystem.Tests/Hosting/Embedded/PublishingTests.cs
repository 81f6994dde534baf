using AgentSystem.Tests.Hosting.Publishing;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting.Embedded;

/// <summary>What this engine does not publish, and how it says so.</summary>
public sealed class PublishingTests
{
    [Theory]
    [InlineData("'publish' needs the Aspire engine", "--operation", "publish", "--step", "publish", "--output-path")]
    [InlineData("'deploy' needs the Aspire engine", "--operation", "publish", "--step", "deploy", "--output-path")]
    [InlineData("'publish' needs the Aspire engine", "--publisher", "manifest", "--step", "publish", "--output-path")]
    [InlineData("need the Aspire engine", "--operation", "publish", "--output-path")]
    [InlineData("no publisher 'docker'", "--publisher", "docker", "--output-path")]
    public async Task anything_but_the_manifest_needs_the_other_engine(string reason, params string[] args)
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder([.. args, folder["out"]]);
        builder.AddDockerComposeEnvironment("compose");
        await using var app = builder.Build();
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync());

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("-p:AppHostEngine=aspire", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task the_AppHost_ends_with_one_line_and_code_1()
    {
        using var folder = new TempFolder();
        var (code, output) = await Dotnet.RunAsync(typeof(Projects.AgentSystem_AppHost).Assembly.Location, "--operation", "publish", "--step", "publish", "--output-path", folder["out"]);

        Assert.Equal(1, code);
        Assert.Contains($"dotnet run --project AgentSystem.AppHost -p:AppHostEngine=aspire -- --operation publish --step publish --output-path {folder["out"]}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_AppHost_writes_its_manifest_and_ends()
    {
        using var folder = new TempFolder();
        var (code, output) = await Dotnet.RunAsync(typeof(Projects.AgentSystem_AppHost).Assembly.Location, "--publisher", "manifest", "--output-path", folder["aspire-manifest.json"]);

        Assert.True(code == 0, output);
        Assert.Contains("orchestrator", Manifest.Entries(await File.ReadAllTextAsync(folder["aspire-manifest.json"])).Keys);
        Assert.Equal(["aspire-manifest.json"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task it_has_to_be_said_where_the_manifest_goes()
    {
        await AssertRefusedAsync("--output-path", _ => { }, "--publisher", "manifest");
        Assert.Throws<DistributedApplicationException>(() => Hosts.Builder("--operation", "inspect"));

        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["file"], "");
        await AssertRefusedAsync("cannot be written", _ => { }, "--publisher", "manifest", "--output-path", folder["file", "m.json"]);
    }

    [Fact]
    public async Task what_has_no_form_in_a_manifest_is_an_error_and_leaves_the_last_one_as_it_was()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["m.json"], "the last one");

        await LeavesAsync("only a run knows", app => app.AddContainer("c", "image").WithEnvironment(context => context.EnvironmentVariables["A"] = new OfARun()));
        await LeavesAsync("'admin' of 'd'", app => app.AddContainer("c", "image").WithArgs(ReferenceExpression.Create($"--to={app.AddContainer("d", "image").GetEndpoint("admin")}")));
        await LeavesAsync("without an image", app => app.AddResource(new ContainerResource("c")));
        await LeavesAsync("without the path", app => app.AddResource(new ProjectResource("p")));
        await LeavesAsync("volume at /x has no name", app => app.AddDockerComposeEnvironment("compose").ApplicationBuilder.AddContainer("c", "image").WithVolume("/x"));
        await LeavesAsync("AddDockerComposeEnvironment", app => app.AddContainer("c", "image").PublishAsDockerComposeService((_, _) => { }));
        await LeavesAsync("several environments", app => app.AddDockerComposeEnvironment("a").ApplicationBuilder.AddDockerComposeEnvironment("b").ApplicationBuilder.AddContainer("c", "image"));

        async Task LeavesAsync(string reason, Action<IDistributedApplicationBuilder> describe)
        {
            await AssertRefusedAsync(reason, describe, "--publisher", "manifest", "--output-path", folder["m.json"]);
            Assert.Equal("the last one", await File.ReadAllTextAsync(folder["m.json"]));
        }
    }

    [Fact]
    public async Task an_encoded_value_is_encoded_in_a_run()
    {
        var builder = Hosts.Builder();
        var expression = ReferenceExpression.Create($"{builder.AddParameter("p", "a b&c"):uri}/{"d e":uri}");
        Assert.Equal("a%20b%26c/d%20e", await expression.GetValueAsync(CancellationToken.None));
    }

    private static async Task AssertRefusedAsync(string reason, Action<IDistributedApplicationBuilder> describe, params string[] args)
    {
        var builder = Hosts.Builder(args);
        describe(builder);
        await using var app = builder.Build();
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync());
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private sealed class OfARun : IValueProvider
    {
        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>("x");
    }
}
