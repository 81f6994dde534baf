using AgentSystem.ServiceDefaults;
using Microsoft.AspNetCore.Builder;

namespace AgentSystem.Tests.ServiceDefaults;

public sealed class ListeningTests
{
    [Theory]
    [InlineData("urls", "http://127.0.0.1:4711")]
    [InlineData("http_ports", "8080")]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://127.0.0.1:4712")]
    public void Who_names_an_address_gets_it(string key, string value)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration[key] = value;
        builder.AddServiceDefaults();
        Assert.Equal(key == "urls" ? value : null, builder.Configuration["urls"]);
    }

    [Fact]
    public async Task Who_names_none_gets_a_free_port_on_loopback()
    {
        await using var service = await TestService.StartAsync();
        var url = new Uri(service.App.Urls.Single());
        Assert.Equal("127.0.0.1", url.Host);
        Assert.NotEqual(0, url.Port);
    }
}
