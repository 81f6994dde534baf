using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.Hosting;

/// <summary>The variables by which a resource is told where others are.</summary>
public sealed class ReferenceTests
{
    [RunFact]
    public async Task all_endpoints_of_a_project_are_told_by_name_and_by_scheme()
    {
        var (variables, api) = await ToldAsync((app, api) => app.WithReference(api));

        Assert.Equal(
            [
                "MY_API_HTTP=http", "MY_API_METRICS=metrics", "MY_API_MY_PORT=my-port",
                "services__my-api__http__0=http", "services__my-api__metrics__0=metrics", "services__my-api__my-port__0=my-port",
            ], Told(variables, api));
    }

    [RunFact]
    public async Task under_another_name_its_case_is_kept()
    {
        var (variables, api) = await ToldAsync((app, api) => app.WithReference(api, "the.Api"));

        Assert.Equal(
            [
                "services__the.Api__http__0=http", "services__the.Api__metrics__0=metrics", "services__the.Api__my-port__0=my-port",
                "the_Api_HTTP=http", "the_Api_METRICS=metrics", "the_Api_MY_PORT=my-port",
            ], Told(variables, api));
    }

    [RunFact]
    public async Task one_endpoint_can_be_told_alone_and_one_can_be_left_out()
    {
        var (one, api) = await ToldAsync((app, api) => app.WithReference(api.GetEndpoint("metrics")));
        Assert.Equal(["MY_API_METRICS=metrics", "services__my-api__metrics__0=metrics"], Told(one, api));

        var (rest, other) = await ToldAsync((app, api) => app.WithReference(api.WithEndpoint("my-port", endpoint => endpoint.ExcludeReferenceEndpoint = true)));
        Assert.DoesNotContain("MY_API_MY_PORT=my-port", Told(rest, other));
    }

    [RunFact]
    public async Task something_outside_is_told_as_it_is()
    {
        var (variables, _) = await ToldAsync((app, _) => app.WithReference("out-there", new Uri("https://example.org/x")));

        Assert.Equal(("https://example.org/x", "https://example.org/x"), (variables["out_there"], variables["services__out-there__default__0"]));
        Assert.Throws<InvalidOperationException>(() => Hosts.Builder().AddExecutable("app", "true", ".").WithReference("q", new Uri("https://example.org/?q=1")));
        Assert.Throws<InvalidOperationException>(() => Hosts.Builder().AddExecutable("app", "true", ".").WithReference("r", new Uri("/x", UriKind.Relative)));
    }

    [RunFact]
    public async Task variables_can_be_of_any_kind_of_value()
    {
        var (variables, api) = await ToldAsync((app, api) => app
            .WithEnvironment("TEXT", "text").WithEnvironment("NULL", (string?)null).WithEnvironment("CALLED", () => "called")
            .WithEnvironment("ENDPOINT", api.GetEndpoint("http")).WithEnvironment("PART", api.GetEndpoint("http").Property(EndpointProperty.HostAndPort))
            .WithEnvironment("EXPRESSION", $"<{api.GetEndpoint("http").Property(EndpointProperty.Port)}>")
            .WithEnvironment("PARAMETER", app.ApplicationBuilder.AddParameter("parameter", "p"))
            .WithEnvironment(context => context.EnvironmentVariables["RESOURCE"] = context.Resource.Name));

        var http = new Uri(api["http"]);
        Assert.Equal(
            ["text", "", "called", api["http"], http.Authority, $"<{http.Port}>", "p", "app"],
            ((string[])["TEXT", "NULL", "CALLED", "ENDPOINT", "PART", "EXPRESSION", "PARAMETER", "RESOURCE"]).Select(name => variables[name]));
    }

    [Fact]
    public void who_uses_a_value_is_shown_as_referring_to_what_it_is_made_of()
    {
        var builder = Hosts.Builder();
        var parameter = builder.AddParameter("parameter", "p");
        var server = builder.AddExecutable("server", "true", ".").WithHttpEndpoint();
        var app = builder.AddExecutable("app", "true", ".").WithEnvironment("A", $"{parameter}{server.GetEndpoint("http")}");

        Assert.Equal(
            [("parameter", "Reference"), ("server", "Reference")], app.Resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => (r.Resource.Name, r.Type)));
    }

    /// <summary>What an executable is told of a project with three endpoints, and the addresses of these.</summary>
    private static async Task<(Dictionary<string, string?> Variables, Dictionary<string, string> Api)> ToldAsync(
        Action<IResourceBuilder<ExecutableResource>, IResourceBuilder<ProjectResource>> refer)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["api.csproj"], "<Project />");
        var builder = Hosts.Builder();
        var api = builder.AddProject("my-api", folder["api.csproj"], launchProfileName: null).WithExplicitStart()
            .WithHttpEndpoint().WithHttpEndpoint(name: "metrics").WithEndpoint(name: "my-port");
        var app = builder.AddExecutable("app", "true", ".");
        refer(app, api);
        await using var host = await builder.StartAsync();
        return (
            await host.EnvironmentAsync("app"),
            ((string[])["http", "metrics", "my-port"]).ToDictionary(name => name, name => host.GetEndpoint("my-api", name).OriginalString));
    }

    /// <summary>The variables that have an endpoint's address as their value, each with the endpoint's name.</summary>
    private static IEnumerable<string> Told(Dictionary<string, string?> variables, Dictionary<string, string> api) => variables
        .Where(variable => api.ContainsValue(variable.Value!))
        .Select(variable => $"{variable.Key}={api.Single(endpoint => endpoint.Value == variable.Value).Key}").Order(StringComparer.Ordinal);
}
