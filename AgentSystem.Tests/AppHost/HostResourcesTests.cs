using AgentSystem.AppHost;
using Microsoft.Extensions.Configuration;

namespace AgentSystem.Tests.AppHost;

public sealed class HostResourcesTests
{
    [Fact]
    public void On_the_embedded_engine_the_console_gets_the_address_and_the_key_of_its_resources() => Assert.Equal(
        [
            ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://127.0.0.1:5"), ("DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE", "ApiKey"),
            ("DASHBOARD__RESOURCESERVICECLIENT__APIKEY", "key"),
        ],
        Variables("embedded", ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://127.0.0.1:5"), ("AppHost:ResourceService:ApiKey", "key")));

    [Fact]
    public void On_Aspires_it_gets_the_address_of_the_dashboard_and_no_key() => Assert.Equal(
        [("ASPIRE_DASHBOARD_URL", "http://localhost:18888")],
        Variables(
            "aspire", ("ASPNETCORE_URLS", "http://localhost:18888;https://localhost:18887"),
            ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://127.0.0.1:5"), ("AppHost:ResourceService:ApiKey", "key")));

    [Theory]
    [InlineData("aspire")]
    [InlineData("embedded")]
    public void Where_the_engine_shows_nothing_it_gets_nothing(string engine) => Assert.Empty(Variables(engine, ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://127.0.0.1:5")));

    private static IEnumerable<(string Name, string Value)> Variables(string engine, params (string Name, string Value)[] configuration) => HostResources.Variables(
        new ConfigurationBuilder().AddInMemoryCollection(configuration.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value))).Build(), engine);
}
