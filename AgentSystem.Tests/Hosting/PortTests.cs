using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.Hosting;

/// <summary>The port that others use, and the one that the program is told.</summary>
public sealed class PortTests
{
    [RunFact]
    public async Task behind_a_proxy_the_program_has_a_port_of_its_own()
    {
        var port = Hosts.FreePort();
        var (url, own) = await PortsAsync(Hosts.Builder(), server => server.WithHttpEndpoint(port, env: "PORT"));

        Assert.Equal(port, url);
        Assert.NotEqual(port, own);
    }

    [RunFact]
    public async Task without_numbers_both_are_free_ones()
    {
        var (url, own) = await PortsAsync(Hosts.Builder(), server => server.WithHttpEndpoint(env: "PORT"));

        Assert.NotEqual(url, own);
    }

    [RunFact]
    public async Task the_programs_port_can_be_named()
    {
        var port = Hosts.FreePort();
        var (url, own) = await PortsAsync(Hosts.Builder(), server => server.WithHttpEndpoint(targetPort: port, env: "PORT"));

        Assert.Equal(port, own);
        Assert.NotEqual(port, url);
    }

    [RunFact]
    public async Task without_a_proxy_there_is_one_port()
    {
        var port = Hosts.FreePort();
        Assert.Equal((port, port), await PortsAsync(Hosts.Builder(), server => server.WithHttpEndpoint(port, env: "PORT", isProxied: false)));
        var (url, own) = await PortsAsync(Hosts.Builder(), server => server.WithHttpEndpoint(env: "PORT", isProxied: false));
        Assert.Equal(url, own);
    }

    [RunFact]
    public async Task a_host_that_randomizes_ports_takes_no_fixed_one()
    {
        var port = Hosts.FreePort();
        var (url, _) = await PortsAsync(Hosts.Builder("--DcpPublisher:RandomizePorts=true"), server => server.WithHttpEndpoint(port, env: "PORT"));

        Assert.NotEqual(port, url);
    }

    [RunTheory]
    [InlineData(5001, 5001, true)]
    [InlineData(5001, 5002, false)]
    public async Task ports_that_contradict_each_other_are_refused(int port, int targetPort, bool isProxied)
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("server", "sleep", ".", "100").WithHttpEndpoint(port, targetPort, isProxied: isProxied);

        await Assert.ThrowsAsync<InvalidOperationException>(builder.StartAsync);
    }

    [Fact]
    public void an_endpoint_that_is_there_is_changed_in_what_is_said()
    {
        var server = Hosts.Builder().AddExecutable("server", "sleep", ".").WithHttpEndpoint(port: 5001).WithHttpEndpoint(targetPort: 5002).WithExternalHttpEndpoints();

        var endpoint = server.Resource.Annotations.OfType<EndpointAnnotation>().Single();
        Assert.Equal((5001, 5002, "http", true), (endpoint.Port, endpoint.TargetPort, endpoint.Name, endpoint.IsExternal));
    }

    private static async Task<(int Url, int Own)> PortsAsync(IDistributedApplicationBuilder builder, Action<IResourceBuilder<ExecutableResource>> endpoint)
    {
        var server = builder.AddExecutable("server", "sleep", ".", "100");
        endpoint(server);
        await using var app = await builder.StartAsync();
        var own = (await app.EnvironmentAsync("server"))["PORT"]!;
        return (app.GetEndpoint("server").Port, int.Parse(own, CultureInfo.InvariantCulture));
    }
}
