namespace AgentSystem.Tests.Hosting.Embedded;

public sealed class PublishingTests
{
    [Fact]
    public async Task the_embedded_engine_says_which_one_publishes()
    {
        var (code, output) = await Hosts.DotnetAsync(typeof(Projects.AgentSystem_AppHost).Assembly.Location, "--publisher", "manifest", "--output-path", "manifest.json");

        Assert.Equal(1, code);
        Assert.Contains("AppHostEngine=aspire", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }
}
