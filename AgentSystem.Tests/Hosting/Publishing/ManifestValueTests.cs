using System.Text.Json.Nodes;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting.Publishing;

/// <summary>Variables and arguments in the manifest: what a run would resolve stays an expression.</summary>
public sealed class ManifestValueTests
{
    [Fact]
    public async Task endpoints_and_parameters_are_expressions()
    {
        Assert.Equal(
            [
                "PARAMETER={the-key.value}", "ENDPOINT={c.bindings.http.url}", "URL={c.bindings.http.url}/x?key={the-key.value}", "HOST={c.bindings.http.host}", "IPV4={c.bindings.http.host}",
                "PORT={c.bindings.http.port}", "SCHEME={c.bindings.http.scheme}", "TARGET={c.bindings.http.targetPort}", "BOTH={c.bindings.http.host}:{c.bindings.http.port}",
                "CASE={c.bindings.http.url}", "HOST_URL=http://localhost:4317", "CALLED=called",
            ],
            await VariablesAsync((v, c, key) =>
            {
                var endpoint = c.GetEndpoint("http");
                v.WithEnvironment("PARAMETER", key).WithEnvironment("ENDPOINT", endpoint).WithEnvironment("URL", $"{endpoint}/x?key={key}")
                    .WithEnvironment("HOST", $"{endpoint.Property(EndpointProperty.Host)}").WithEnvironment("IPV4", endpoint.Property(EndpointProperty.IPV4Host))
                    .WithEnvironment("PORT", $"{endpoint.Property(EndpointProperty.Port)}").WithEnvironment("SCHEME", $"{endpoint.Property(EndpointProperty.Scheme)}")
                    .WithEnvironment("TARGET", endpoint.Property(EndpointProperty.TargetPort)).WithEnvironment("BOTH", $"{endpoint.Property(EndpointProperty.HostAndPort)}")
                    .WithEnvironment("CASE", c.GetEndpoint("HTTP")).WithEnvironment("HOST_URL", new HostUrl("http://localhost:4317")).WithEnvironment("CALLED", () => "called");
            }));
    }

    [Fact]
    public async Task expressions_within_expressions_are_one_and_braces_are_text()
    {
        Assert.Equal(
            ["NESTED=<{the-key.value}/{x}>", "BRACES={a}{{the-key.value}}", "ONCE={the-key.value}{{}", "EMPTY=", "TEXT={as it is}"],
            await VariablesAsync((v, _, key) => v
                .WithEnvironment("NESTED", $"<{ReferenceExpression.Create($"{key}/{{x}}")}>")
                .WithEnvironment("BRACES", $"{{a}}{{{key}}}")
                .WithEnvironment("ONCE", $"{key}{"{{"}{"{"}{"}}"}")
                .WithEnvironment("EMPTY", ReferenceExpression.Create($"")).WithEnvironment("TEXT", "{as it is}")));
    }

    [Fact]
    public async Task callbacks_see_that_the_application_is_published_and_what_was_said_before()
    {
        Assert.Equal(
            ["A=changed", "NULL_TEXT=", "MODE=Publish v", "NUMBER=5", "BOOL=True", "BUILDER={the-key.value}", "LATE={c.bindings.http.url}"],
            await VariablesAsync((v, c, key) => v
                .WithEnvironment("A", "1").WithEnvironment("GONE", "1")
                .WithEnvironment(context =>
                {
                    context.EnvironmentVariables["MODE"] = $"{context.ExecutionContext.Operation} {context.Resource.Name}";
                    context.EnvironmentVariables["NUMBER"] = 5;
                    context.EnvironmentVariables["BOOL"] = true;
                    context.EnvironmentVariables["BUILDER"] = key;
                    context.EnvironmentVariables["NULL"] = null!;
                    // Its place in the order is free for the next.
                    context.EnvironmentVariables.Remove("GONE");
                })
                .WithEnvironment("A", "changed").WithEnvironment("NULL_TEXT", (string?)null)
                .WithEnvironment(async context =>
                {
                    await Task.Yield();
                    context.EnvironmentVariables["LATE"] = c.GetEndpoint("http");
                })));
    }

    [Fact]
    public async Task arguments_can_be_values_too()
    {
        var entries = await Manifest.EntriesAsync(app =>
        {
            var key = app.AddParameter("the-key", secret: true);
            var c = app.AddContainer("c", "image").WithHttpEndpoint(targetPort: 80);
            c.WithArgs("a", "b").WithArgs(c.GetEndpoint("http"), key, 3).WithArgs(context => context.Args.Add($"{context.Args.Count} {context.ExecutionContext.Operation} {context.Resource.Name}"))
                .WithArgs(async context =>
                {
                    await Task.Yield();
                    context.Args.Insert(0, ReferenceExpression.Create($"--key={key}"));
                });
        });

        Assert.Equal("""["--key={the-key.value}","a","b","{c.bindings.http.url}","{the-key.value}","3","5 Publish c"]""", entries.Part("c", "args"));
    }

    [Fact]
    public async Task a_value_that_is_encoded_has_an_entry_of_its_own_after_the_parameter_or_at_the_end()
    {
        var entries = await Manifest.EntriesAsync(app =>
        {
            var early = app.AddParameter("early");
            var late = app.CreateResourceBuilder(new ParameterResource("late", _ => ""));
            app.AddContainer("first", "image").WithEnvironment("A", $"{late:uri}{early:uri}").WithEnvironment("B", $"{late:uri}");
            app.AddResource(late.Resource);
            app.AddContainer("second", "image").WithEnvironment("A", $"{late:uri}");
        });

        Assert.Equal(["early", "first", "late", "late-uri-encoded", "second", "late-uri-encoded-1", "early-uri-encoded"], entries.Keys);
        Assert.Equal("""{"A":"{late-uri-encoded.value}{early-uri-encoded.value}","B":"{late-uri-encoded.value}"}""", entries.Part("first", "env"));
        Assert.Equal("""{"A":"{late-uri-encoded-1.value}"}""", entries.Part("second", "env"));
        Assert.Equal("""{"type":"annotated.string","value":"{late.value}","filter":"uri"}""", entries["late-uri-encoded"]);
    }

    [Fact]
    public async Task references_are_told_by_the_endpoints_that_are_published()
    {
        using var folder = new TempFolder();
        var entries = await Manifest.EntriesAsync(app =>
        {
            var api = app.AddProject("my-api", Manifest.Project(folder, "Api")).WithHttpEndpoint().WithHttpsEndpoint().WithHttpEndpoint(name: "admin-port");
            var cache = app.AddContainer("cache", "image").WithEndpoint(targetPort: 6379, name: "tcp").WithHttpEndpoint(targetPort: 80);
            app.AddContainer("all", "image").WithReference(api).WithReference(cache.GetEndpoint("tcp"));
            app.AddExecutable("one", "x", ".").WithReference(api.GetEndpoint("admin-port")).WithEnvironment("A", "1").WithReference(api.GetEndpoint("http"));
            app.AddContainer("named", "image").WithReference(api, "Other-Name");
            app.AddContainer("taken", "image").WithEnvironment("services__my-api__http__0", "mine").WithReference(api.GetEndpoint("http")).WithEnvironment("MY_API_HTTP", "mine too");
        });

        Assert.Equal(
            Manifest.Json("""
            {"MY_API_HTTP":"{my-api.bindings.http.url}","services__my-api__http__0":"{my-api.bindings.http.url}","MY_API_HTTPS":"{my-api.bindings.https.url}","services__my-api__https__0":"{my-api.bindings.https.url}",
            "MY_API_ADMIN_PORT":"{my-api.bindings.admin-port.url}","services__my-api__admin-port__0":"{my-api.bindings.admin-port.url}","CACHE_TCP":"{cache.bindings.tcp.url}","services__cache__tcp__0":"{cache.bindings.tcp.url}"}
            """),
            entries.Part("all", "env"));
        Assert.Equal(["MY_API_HTTP", "services__my-api__http__0", "MY_API_ADMIN_PORT", "services__my-api__admin-port__0", "A"], Keys("one"));
        Assert.Equal(
            ["Other_Name_HTTP", "services__Other-Name__http__0", "Other_Name_HTTPS", "services__Other-Name__https__0", "Other_Name_ADMIN_PORT", "services__Other-Name__admin-port__0"], Keys("named"));
        Assert.Equal("""{"services__my-api__http__0":"mine","MY_API_HTTP":"mine too","services__my-api__http__1":"{my-api.bindings.http.url}"}""", entries.Part("taken", "env"));

        IEnumerable<string> Keys(string resource) => JsonNode.Parse(entries.Part(resource, "env"))!.AsObject().Select(variable => variable.Key);
    }

    private static async Task<IEnumerable<string>> VariablesAsync(Action<IResourceBuilder<ContainerResource>, IResourceBuilder<ContainerResource>, IResourceBuilder<ParameterResource>> describe)
    {
        var entries = await Manifest.EntriesAsync(app => describe(
            app.AddContainer("v", "image"), app.AddContainer("c", "image").WithHttpEndpoint(targetPort: 80), app.AddParameter("the-key", secret: true)));
        return JsonNode.Parse(entries.Part("v", "env"))!.AsObject().Select(variable => $"{variable.Key}={variable.Value}");
    }
}
