using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting.Publishing;

/// <summary>Containers and executables in the manifest.</summary>
public sealed class ManifestContainerTests
{
    [Theory]
    [InlineData("image", null, "image:latest")]
    [InlineData("registry.io/some/image:1.2", null, "registry.io/some/image:1.2")]
    [InlineData("localhost:5000/image", null, "localhost:5000/image:latest")]
    [InlineData("image:1", "2", "image:2")]
    [InlineData("image@sha256:abcdef", null, "image@sha256:abcdef")]
    public async Task an_image_is_named_in_full(string image, string? tag, string expected)
    {
        var entries = await Manifest.EntriesAsync(app => _ = tag is null ? app.AddContainer("c", image) : app.AddContainer("c", image, tag));
        Assert.Equal($$"""{"type":"container.v0","image":"{{expected}}"}""", entries["c"]);
    }

    [Fact]
    public async Task files_are_mounted_by_their_path_from_the_manifest_and_volumes_by_their_name()
    {
        using var folder = new TempFolder();
        var entries = Manifest.Entries(await Manifest.TextAsync(folder, app => app.AddContainer("c", "image").WithEntrypoint("/bin/sh").WithArgs("-c", "run")
            .WithVolume("/nameless").WithVolume("named", "/named").WithBindMount(folder["manifest", "here"], "/here").WithVolume("read", "/read", isReadOnly: true)
            .WithBindMount(folder["there"] + "/", "/there", isReadOnly: true).WithEnvironment("A", "b")));

        Assert.Equal(
            Manifest.Json("""
            {"type":"container.v0","image":"image:latest","entrypoint":"/bin/sh","args":["-c","run"],
            "bindMounts":[{"source":"here","target":"/here","readOnly":false},{"source":"../there/","target":"/there","readOnly":true}],
            "volumes":[{"target":"/nameless","readOnly":false},{"name":"named","target":"/named","readOnly":false},{"name":"read","target":"/read","readOnly":true}],
            "env":{"A":"b"}}
            """), entries["c"]);
    }

    [Fact]
    public async Task an_executable_has_its_folder_and_its_command()
    {
        using var folder = new TempFolder();
        var entries = Manifest.Entries(await Manifest.TextAsync(folder, app =>
        {
            var program = app.AddExecutable("program", "python", folder["src"], "run.py", "--fast").WithHttpEndpoint(env: "PORT").WithHttpEndpoint(port: 5, name: "fixed");
            app.AddExecutable("other", "../bin/other", folder.Path, program.GetEndpoint("http"), ReferenceExpression.Create($"--to={program.GetEndpoint("fixed")}"), 5);
        }));

        Assert.Equal(
            Manifest.Json("""
            {"type":"executable.v0","workingDirectory":"../src","command":"python","args":["run.py","--fast"],"env":{"PORT":"{program.bindings.http.targetPort}"},
            "bindings":{"http":{"scheme":"http","protocol":"tcp","transport":"http","targetPort":8000},
            "fixed":{"scheme":"http","protocol":"tcp","transport":"http","port":5,"targetPort":8001}}}
            """), entries["program"]);
        Assert.Equal(
            """{"type":"executable.v0","workingDirectory":"..","command":"../bin/other","args":["{program.bindings.http.url}","--to={program.bindings.fixed.url}","5"]}""", entries["other"]);
    }

    [Fact]
    public void what_cannot_be_mounted_is_refused_at_once()
    {
        var container = Hosts.Builder().AddContainer("c", "image");
        Assert.Throws<ArgumentException>(() => container.WithVolume(null, "/x", isReadOnly: true));
        Assert.Throws<ArgumentNullException>(() => new ContainerMountAnnotation(null, "/x", ContainerMountType.BindMount, isReadOnly: false));
        Assert.Throws<ArgumentException>(() => new ContainerMountAnnotation("relative", "/x", ContainerMountType.BindMount, isReadOnly: false));
        Assert.Throws<ArgumentOutOfRangeException>(() => Hosts.Builder().AddContainer("c", "image@md5:abc"));
    }
}
