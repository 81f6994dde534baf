using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace AgentSystem.Tests.ServiceDefaults;

public sealed class HttpClientTests
{
    [Theory]
    [InlineData("GET", 4)]
    [InlineData("POST", 1)]
    public async Task A_client_tries_again_what_is_safe_to_try_again(string method, int expected)
    {
        var tries = 0;
        await using var service = await TestService.StartAsync(
            configure: builder => builder.Services.ConfigureAll<HttpStandardResilienceOptions>(o => o.Retry.Delay = TimeSpan.Zero),
            map: app => app.Map("/flaky", () =>
            {
                Interlocked.Increment(ref tries);
                return Results.StatusCode(503);
            }).AllowAnonymous());
        using var client = service.Get<IHttpClientFactory>().CreateClient();
        using var request = new HttpRequestMessage(new(method), $"{service.App.Urls.Single()}/flaky");
        using var response = await client.SendAsync(request);

        Assert.Equal(expected, tries);
    }

    [Fact]
    public async Task A_client_finds_a_service_by_its_name()
    {
        await using var other = await TestService.StartAsync();
        await using var service = await TestService.StartAsync(new() { ["services:orchestrator:http:0"] = other.App.Urls.Single() });
        using var client = service.Get<IHttpClientFactory>().CreateClient();

        Assert.Contains("Healthy", await client.GetStringAsync(new Uri("http://orchestrator/health")), StringComparison.Ordinal);
    }
}
