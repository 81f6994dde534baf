using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting.Embedded;

/// <summary>What the embedded engine does of its own when something cannot be, or fails.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task a_cycle_of_waits_is_refused()
    {
        var builder = Hosts.Builder();
        var a = builder.AddExecutable("a", "sleep", ".", "100");
        var b = builder.AddExecutable("b", "sleep", ".", "100").WaitFor(a);
        a.WaitFor(b);
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(builder.StartAsync);
        Assert.Contains("a -> b -> a", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_port_in_use_is_refused(bool isProxied)
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var builder = Hosts.Builder();
        builder.AddExecutable("a", "sleep", ".", "100").WithHttpEndpoint(port: ((System.Net.IPEndPoint)other.LocalEndpoint).Port, isProxied: isProxied);
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(builder.StartAsync);
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_container_fails_alone_and_says_which_engine_it_needs()
    {
        var builder = Hosts.Builder();
        builder.AddContainer("container", "image");
        builder.AddExecutable("free", "true", ".");
        await using var app = await builder.StartAsync();
        await app.UntilAsync("container", KnownResourceStates.FailedToStart);
        await app.UntilAsync("free", KnownResourceStates.Finished);
        Assert.Contains("AppHostEngine=aspire", await app.LogOfAsync("container"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_program_that_fails_is_restarted()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder();
        builder.AddExecutable("flaky", "sh", folder.Path, "-c", "[ -e again ] && exit 0; touch again; exit 3");
        await using var app = await builder.StartAsync();
        Assert.Equal(0, (await app.UntilAsync("flaky", KnownResourceStates.Finished)).Snapshot.ExitCode);
    }

    [Fact]
    public async Task who_waits_for_a_missing_value_says_how_to_set_it()
    {
        var builder = Hosts.Builder();
        var parameter = builder.AddParameter("some-key");
        var needs = builder.AddExecutable("needs", "true", ".").WithEnvironment("KEY", parameter);
        builder.AddExecutable("after", "true", ".").WaitFor(needs);
        await using var app = await builder.StartAsync();

        await app.UntilAsync("after", KnownResourceStates.FailedToStart);
        Assert.Contains("Parameters__some_key", await app.LogOfAsync("needs"), StringComparison.Ordinal);
        Assert.Contains("Parameters__some_key", await app.LogOfAsync("some-key"), StringComparison.Ordinal);
        Assert.Contains("'after' waits for 'needs' to be healthy, but that is FailedToStart", await app.LogOfAsync("after"), StringComparison.Ordinal);
    }
}
