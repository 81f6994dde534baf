using System.Net;
using System.Net.NetworkInformation;
using AgentSystem.Protocol.Api;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.EndToEnd;

[Collection(SharedSystem.Name)]
public sealed class ClosedByDefaultTests(SharedSystem shared)
{
    public static TheoryData<string> Services => ["orchestrator", "marie", "anga", "fabien", "alerting", "console"];

    public static TheoryData<string, string> ClosedEndpoints => new()
    {
        { "orchestrator", "/tasks" }, { "orchestrator", "/workers" }, { "orchestrator", "/workers/targets" }, { "orchestrator", "/events" },
        { "orchestrator", "/dead" }, { "orchestrator", "/openapi/v1.json" }, { "orchestrator", "/no-such-page" },
        { "marie", "/" }, { "alerting", "/webhooks/alertmanager" },
    };

    [Theory]
    [MemberData(nameof(ClosedEndpoints))]
    public async Task An_endpoint_needs_the_api_key(string service, string path)
    {
        using var client = shared.System.App.CreateHttpClient(service);
        using var without = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal("application/problem+json", without.Content.Headers.ContentType?.MediaType);

        client.DefaultRequestHeaders.Add(ConnectionFile.ApiKeyHeader, "another-key");
        using var wrong = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Health_and_metrics_are_open(string service)
    {
        using var client = shared.System.App.CreateHttpClient(service);
        foreach (var path in (string[])["/health", "/alive", "/metrics"])
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_listens_on_loopback_only(string service)
    {
        var port = shared.System.App.GetEndpoint(service).Port;
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(l => l.Port == port).ToList();

        Assert.NotEmpty(listeners);
        Assert.All(listeners, l => Assert.True(IPAddress.IsLoopback(l.Address), l.ToString()));
    }

    [Fact]
    public void The_shared_volume_is_for_its_owner_only()
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

        Assert.All(
            Directory.EnumerateDirectories(shared.System.Volume.Root, "*", SearchOption.AllDirectories).Prepend(shared.System.Volume.Root),
            folder => Assert.Equal(ownerOnly, File.GetUnixFileMode(folder)));
    }
}
