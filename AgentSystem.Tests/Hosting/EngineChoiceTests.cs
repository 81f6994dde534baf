using System.Text.Json;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Hosting;

/// <summary>The engine is chosen in the project files, so MSBuild is asked.</summary>
public sealed class EngineChoiceTests
{
    private static readonly string Repository = Path.GetFullPath("../../../..", AppContext.BaseDirectory);
    private static readonly string Tests = Path.Combine(Repository, "AgentSystem.Tests", "AgentSystem.Tests.csproj");
    private static readonly string AppHost = Path.Combine(Repository, "AgentSystem.AppHost", "AgentSystem.AppHost.csproj");

    [Fact]
    public async Task with_Aspire_nothing_of_the_embedded_host_is_referenced()
    {
        var (packages, projects) = await ReferencesAsync("aspire");

        Assert.Contains("Aspire.Hosting.Testing", packages);
        Assert.DoesNotContain(projects, project => project.Contains("EmbeddedHost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task without_Aspire_nothing_of_it_is_referenced()
    {
        var (packages, projects) = await ReferencesAsync("embedded");

        Assert.DoesNotContain(packages, package => package.StartsWith("Aspire", StringComparison.Ordinal));
        Assert.Contains(projects, project => project.Contains("EmbeddedHost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task another_engine_is_an_error_that_names_both()
    {
        var (code, output) = await Dotnet.RunAsync("msbuild", AppHost, "-t:CheckAppHostEngine", "-p:AppHostEngine=bogus", "-nologo");

        Assert.NotEqual(0, code);
        Assert.Contains("AppHostEngine is 'bogus'; it has to be aspire or embedded.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Backends:Prometheus=docker", "Backends:Prometheus=docker: it has to be container, native, embedded or off.")]
    [InlineData("--Backends:Prometeus=off", "Backends:Prometeus=off: there is no such backend. There are Backends:Prometheus, Backends:Alertmanager,")]
    public async Task a_setting_that_makes_no_sense_ends_with_one_line(string argument, string message)
    {
        using var folder = new TempFolder();
        var (code, output) = await Dotnet.RunAsync(typeof(Projects.AgentSystem_AppHost).Assembly.Location, argument, $"--Data:Dir={folder.Path}");

        Assert.Equal(1, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static async Task<(string[] Packages, string[] Projects)> ReferencesAsync(string engine)
    {
        var (code, output) = await Dotnet.RunAsync("msbuild", Tests, $"-p:AppHostEngine={engine}", "-getItem:PackageReference", "-getItem:ProjectReference");
        Assert.True(code == 0, output);
        using var json = JsonDocument.Parse(output);
        var items = json.RootElement.GetProperty("Items");
        return (Names("PackageReference"), Names("ProjectReference"));

        string[] Names(string item) => [.. items.GetProperty(item).EnumerateArray().Select(i => i.GetProperty("Identity").GetString()!)];
    }
}
