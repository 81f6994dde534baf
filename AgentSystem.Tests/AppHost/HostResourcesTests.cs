using AgentSystem.AppHost;
using Microsoft.Extensions.Configuration;

namespace AgentSystem.Tests.AppHost;

public sealed class HostResourcesTests
{
    [Fact]
    public void Without_a_dashboard_the_console_gets_the_address_and_the_key_of_its_resources() => Assert.Equal(
        [
            ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://127.0.0.1:5"), ("DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE", "ApiKey"),
            ("DASHBOARD__RESOURCESERVICECLIENT__APIKEY", "key"),
        ],
        Variables(hasDashboard: false, ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://127.0.0.1:5"), ("AppHost:ResourceService:ApiKey", "key")));

    [Fact]
    public void Beside_Aspires_dashboard_it_gets_its_address_and_no_key() => Assert.Equal(
        [("ASPIRE_DASHBOARD_URL", "http://localhost:18888")],
        Variables(
            hasDashboard: true, ("ASPNETCORE_URLS", "http://localhost:18888;https://localhost:18887"),
            ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://127.0.0.1:5"), ("AppHost:ResourceService:ApiKey", "key")));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_nothing_is_shown_it_gets_nothing(bool hasDashboard) => Assert.Empty(Variables(hasDashboard, ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://127.0.0.1:5")));

    private static IEnumerable<(string Name, string Value)> Variables(bool hasDashboard, params (string Name, string Value)[] configuration) => HostResources.Variables(
        new ConfigurationBuilder().AddInMemoryCollection(configuration.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value))).Build(), hasDashboard);
}
