using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting;

public sealed class LaunchProfileTests : IDisposable
{
    private const string Settings = """
        {
          // A comment, as Visual Studio writes them.
          "profiles": {
            "browser": { "commandName": "IISExpress" },
            "first": { "commandName": "Project", "commandLineArgs": "--name \"two words\"", "launchUrl": "docs", "applicationUrl": "http://localhost:5101;https://localhost:5102;http://localhost:5103", "environmentVariables": { "WHO": "first" } },
            "second": { "commandName": "Project", "environmentVariables": { "WHO": "second" } },
          }
        }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task the_first_profile_of_the_project_gives_variables_and_addresses()
    {
        var project = Add();

        Assert.Equal([("http", 5101), ("https", 5102), ("http2", 5103)], project.Annotations.OfType<EndpointAnnotation>().Select(e => (e.Name, e.Port!.Value)));
        var variables = await project.VariablesAsync();
        Assert.Equal(("first", "first"), (variables["WHO"], variables["DOTNET_LAUNCH_PROFILE"]));
    }

    [Fact]
    public async Task a_profile_can_be_named() => Assert.Equal("second", (await Add(profile: "second").VariablesAsync())["WHO"]);

    [Fact]
    public async Task the_profile_of_the_AppHost_is_preferred() => Assert.Equal("second", (await Add("--DOTNET_LAUNCH_PROFILE=second").VariablesAsync())["WHO"]);

    [Fact]
    public async Task what_is_set_in_the_AppHost_wins()
    {
        var builder = Builder();
        var project = builder.AddProject("p", _folder["p.csproj"]).WithEnvironment("WHO", "me");

        Assert.Equal("me", (await project.Resource.VariablesAsync())["WHO"]);
    }

    [Fact]
    public async Task none_can_be_wanted()
    {
        var project = Builder().AddProject("p", _folder["p.csproj"], launchProfileName: null).Resource;

        Assert.Empty(project.Annotations.OfType<EndpointAnnotation>());
        Assert.DoesNotContain("WHO", await project.VariablesAsync());
    }

    [Fact]
    public void an_unknown_profile_is_an_error_that_names_it()
    {
        var error = Assert.Throws<DistributedApplicationException>(() => Add(profile: "third"));

        Assert.Contains("third", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_file_that_is_no_JSON_is_an_error_that_names_it()
    {
        var builder = Builder();
        File.WriteAllText(_folder["Properties", "launchSettings.json"], "{");

        var error = Assert.Throws<DistributedApplicationException>(() => builder.AddProject("p", _folder["p.csproj"]));
        Assert.Contains("launchSettings.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_project_that_is_not_there_is_an_error()
    {
        var builder = Hosts.Builder();

        Assert.Throws<DistributedApplicationException>(() => builder.AddProject("p", _folder["other.csproj"]));
    }

    [Fact]
    public void a_project_without_launch_settings_has_no_endpoint()
    {
        var builder = Hosts.Builder();
        File.WriteAllText(_folder["bare.csproj"], "<Project />");

        Assert.Empty(builder.AddProject("p", _folder["bare.csproj"]).Resource.Annotations.OfType<EndpointAnnotation>());
    }

    [Fact]
    public void what_the_profile_opens_is_an_endpoint_that_the_AppHost_can_change()
    {
        var project = Builder().AddProject("p", _folder["p.csproj"]).WithHttpEndpoint(port: 5999);

        Assert.Equal(5999, project.Resource.Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == "http").Port);
    }

    private IDistributedApplicationBuilder Builder(params string[] args)
    {
        Directory.CreateDirectory(_folder["Properties"]);
        File.WriteAllText(_folder["Properties", "launchSettings.json"], Settings);
        File.WriteAllText(_folder["p.csproj"], "<Project />");
        return Hosts.Builder(args);
    }

    private ProjectResource Add(string? argument = null, string? profile = null)
    {
        var builder = Builder(argument is null ? [] : [argument]);
        return (profile is null ? builder.AddProject("p", _folder["p.csproj"]) : builder.AddProject("p", _folder["p.csproj"], profile)).Resource;
    }
}
