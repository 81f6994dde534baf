using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting.Publishing;

/// <summary>The document as a whole, and the ways to ask for it.</summary>
public sealed class ManifestDocumentTests
{
    [Fact]
    public async Task the_bytes_are_those_that_Aspire_writes()
    {
        using var folder = new TempFolder();
        var document = await Manifest.TextAsync(folder, app =>
        {
            var key = app.AddParameter("api-key", secret: true);
            app.AddContainer("web", "example/web", "1.2").WithHttpEndpoint(port: 80, targetPort: 8080).WithExternalHttpEndpoints()
                .WithBindMount(folder["conf"], "/conf", isReadOnly: true).WithEnvironment("KEY", key).WithArgs("--say", "it's <\"ä\"> & +");
        });

        Assert.Equal(
            """
            {
              "resources": {
                "api-key": {
                  "type": "parameter.v0",
                  "value": "{api-key.inputs.value}",
                  "inputs": {
                    "value": {
                      "type": "string",
                      "secret": true
                    }
                  }
                },
                "web": {
                  "type": "container.v0",
                  "image": "example/web:1.2",
                  "args": [
                    "--say",
                    "it\u0027s \u003C\u0022\u00E4\u0022\u003E \u0026 \u002B"
                  ],
                  "bindMounts": [
                    {
                      "source": "../conf",
                      "target": "/conf",
                      "readOnly": true
                    }
                  ],
                  "env": {
                    "KEY": "{api-key.value}"
                  },
                  "bindings": {
                    "http": {
                      "scheme": "http",
                      "protocol": "tcp",
                      "transport": "http",
                      "port": 80,
                      "targetPort": 8080,
                      "external": true
                    }
                  }
                }
              }
            }
            """, document);
    }

    [Fact]
    public async Task an_application_of_nothing_is_a_document_too()
    {
        using var folder = new TempFolder();
        Assert.Equal("{\n  \"resources\": {}\n}", (await Manifest.TextAsync(folder, _ => { })).ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task a_path_that_does_not_end_in_json_is_that_of_a_folder()
    {
        using var folder = new TempFolder();
        await Manifest.PublishAsync(_ => { }, "--publisher", "manifest", "--output-path", folder["a", "b"]);
        Assert.True(File.Exists(folder["a", "b", "aspire-manifest.json"]));
    }

    [Theory]
    [InlineData("--operation", "publish", "--publisher", "manifest", "--output-path")]
    [InlineData("--operation", "Publish", "--step", "publish-manifest", "--output-path")]
    [InlineData("--publisher", "Manifest", "--Pipeline:OutputPath")]
    [InlineData("--AppHost:Operation", "publish", "--Pipeline:Step", "publish-manifest", "--Pipeline:OutputPath")]
    public async Task it_can_be_asked_for_in_several_ways(params string[] args)
    {
        using var folder = new TempFolder();
        await Manifest.PublishAsync(app => Assert.True(app.ExecutionContext.IsPublishMode), [.. args, folder["m.json"]]);
        Assert.True(File.Exists(folder["m.json"]));
    }

    [Fact]
    public async Task a_document_that_is_there_is_replaced()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["manifest"]);
        await File.WriteAllTextAsync(folder["manifest", "aspire-manifest.json"], new string('x', 10_000));
        Assert.StartsWith("{", await Manifest.TextAsync(folder, _ => { }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_left_out_has_no_entry_and_what_writes_itself_has_its_own()
    {
        var entries = await Manifest.EntriesAsync(app =>
        {
            var hidden = app.AddContainer("hidden", "image").WithHttpEndpoint(targetPort: 80).ExcludeFromManifest();
            app.AddContainer("refers", "image").WithEnvironment("URL", hidden.GetEndpoint("http"));
            app.AddContainer("own", "image").WithManifestPublishingCallback(context =>
            {
                context.Writer.WriteString("type", "own.v0");
                context.Writer.WriteString("path", context.GetManifestRelativePath(Path.GetDirectoryName(Path.GetFullPath(context.ManifestPath))));
                context.WriteBindings(hidden.Resource);
            });
            app.AddContainer("later", "image").WithManifestPublishingCallback(async context => await context.WriteCommandLineArgumentsAsync(hidden.Resource));
            app.AddResource(new Unknown("unknown"));
        });

        Assert.Equal(
            [
                ("refers", """{"type":"container.v0","image":"image:latest","env":{"URL":"{hidden.bindings.http.url}"}}"""),
                ("own", """{"type":"own.v0","path":".","bindings":{"http":{"scheme":"http","protocol":"tcp","transport":"http","targetPort":80}}}"""),
                ("later", "{}"),
                ("unknown", """{"error":"This resource does not support generation in the manifest."}"""),
            ], entries.Select(entry => (entry.Key, entry.Value)));
    }

    [Fact]
    public async Task what_is_referred_to_and_no_part_of_the_model_is_written_at_the_end()
    {
        var entries = await Manifest.EntriesAsync(app =>
        {
            var outside = app.CreateResourceBuilder(new ContainerResource("outside")).WithAnnotation(new ContainerImageAnnotation { Image = "image", Tag = "1" }).WithHttpEndpoint(targetPort: 80);
            app.AddContainer("inside", "image").WithArgs(outside.GetEndpoint("http"));
            app.AddParameter("last");
        });

        Assert.Equal(["inside", "last", "outside"], entries.Keys);
    }

    private sealed class Unknown(string name) : Resource(name);
}
