using System.Net.Sockets;
using AgentSystem.Tests.Support;
using Aspire.Hosting;

namespace AgentSystem.Tests.Hosting.Publishing;

/// <summary>Endpoints in the manifest: <c>scheme protocol transport port->targetPort</c>.</summary>
public sealed class ManifestBindingTests
{
    [Fact]
    public async Task a_container_listens_on_its_target_port_or_else_on_its_port_or_else_on_one_from_8000()
    {
        Assert.Equal(
            [
                "http http tcp http ->80", "https https tcp http ->443", "raw redis tcp tcp ->6379", "seven udp udp udp ->7", "adm http tcp http 8001->80", "same http tcp http ->90",
                "free http tcp http ->8000", "zero tcp tcp tcp ->8002",
            ],
            await BindingsAsync(app => app.AddContainer("c", "image")
                .WithHttpEndpoint(targetPort: 80).WithHttpsEndpoint(targetPort: 443).WithEndpoint(targetPort: 6379, scheme: "redis", name: "raw").WithEndpoint(port: 7, name: "seven", protocol: ProtocolType.Udp)
                .WithHttpEndpoint(port: 8001, targetPort: 80, name: "adm").WithHttpEndpoint(port: 90, targetPort: 90, name: "same")
                .WithHttpEndpoint(name: "free").WithEndpoint(port: 0, targetPort: 0, name: "zero")));
    }

    [Fact]
    public async Task the_first_HTTP_endpoint_of_a_project_listens_where_the_deployment_has_it()
    {
        using var folder = new TempFolder();
        Assert.Equal(
            [
                "http http tcp http ->", "https https tcp http ->", "admin http tcp http ->8000", "third http tcp http ->8001", "s https tcp http ->8443", "raw tcp tcp tcp ->8002", "raw2 tcp tcp tcp 9000->8003",
            ],
            await BindingsAsync(app => app.AddProject("p", Manifest.Project(folder, "P"))
                .WithHttpEndpoint().WithHttpsEndpoint().WithHttpEndpoint(name: "admin").WithHttpEndpoint(name: "third", port: 8001)
                .WithHttpsEndpoint(name: "s", targetPort: 8443).WithEndpoint(name: "raw", scheme: "tcp").WithEndpoint(name: "raw2", port: 9000)));
    }

    [Fact]
    public async Task no_port_is_given_out_twice_in_one_document()
    {
        Assert.Equal(
            ["http http tcp http ->8001", "t tcp tcp tcp ->8002", "u tcp tcp tcp 8002->8003"],
            await BindingsAsync(app =>
            {
                app.AddContainer("a", "image").WithHttpEndpoint();
                app.AddExecutable("b", "b", ".").WithHttpEndpoint(port: 8001).WithEndpoint(name: "t").WithEndpoint(name: "u", port: 8002);
            }));
    }

    [Fact]
    public async Task what_is_external_or_speaks_HTTP_2_says_so()
    {
        Assert.Equal(
            ["http http tcp http2 ->1 external", "https https tcp http2 ->2 external", "t tcp tcp tcp ->3", "late http tcp http2 ->4", "own tcp tcp tcp ->5 external"],
            await BindingsAsync(app => app.AddContainer("c", "image").AsHttp2Service().WithHttpEndpoint(targetPort: 1).WithHttpsEndpoint(targetPort: 2).WithEndpoint(targetPort: 3, name: "t")
                .WithExternalHttpEndpoints().WithEndpoint("late", endpoint => (endpoint.UriScheme, endpoint.TargetPort) = ("http", 4)).WithEndpoint(targetPort: 5, name: "own", isExternal: true)));
    }

    [Fact]
    public async Task without_a_proxy_both_ports_are_one()
    {
        Assert.Equal(
            ["http http tcp http ->70", "b http tcp http ->71", "c tcp tcp tcp 72->73"],
            await BindingsAsync(app => app.AddContainer("c", "image")
                .WithHttpEndpoint(targetPort: 70, isProxied: false).WithHttpEndpoint(port: 71, name: "b", isProxied: false).WithEndpoint(port: 72, targetPort: 73, name: "c", isProxied: false)));
    }

    [Fact]
    public async Task an_endpoint_that_is_added_again_is_changed()
    {
        Assert.Equal(
            ["http http tcp http 71->70 external"],
            await BindingsAsync(app => app.AddContainer("c", "image").WithHttpEndpoint(targetPort: 70).WithHttpEndpoint(port: 71).WithEndpoint(scheme: "http", isExternal: true)
                .WithEndpoint("none", endpoint => endpoint.Port = 1, createIfNotExists: false)));
    }

    /// <summary>The bindings of the resource that was added last.</summary>
    private static async Task<IEnumerable<string>> BindingsAsync(Action<IDistributedApplicationBuilder> describe)
    {
        var entries = await Manifest.EntriesAsync(describe);
        return System.Text.Json.Nodes.JsonNode.Parse(entries.Part(entries.Keys.Last(), "bindings"))!.AsObject().Select(binding =>
        {
            var value = binding.Value!;
            return $"{binding.Key} {value["scheme"]} {value["protocol"]} {value["transport"]} {value["port"]}->{value["targetPort"]}{(value["external"] is null ? "" : " external")}";
        });
    }
}
