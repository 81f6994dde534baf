using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AgentSystem.Tests.ServiceDefaults;

public sealed class HealthTests
{
    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable)]
    public async Task Health_names_each_dependency_and_how_it_is(HealthStatus status, HttpStatusCode code)
    {
        await using var service = await TestService.StartAsync(configure: builder => builder.Services.AddHealthChecks()
            .AddCheck("pipe", () => new HealthCheckResult(status, "pipes/marie", data: new Dictionary<string, object> { ["readers"] = 1 })));
        using var response = await service.SendAsync("/health");
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(code, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status.ToString(), body.RootElement.GetProperty("status").GetString());
        var pipe = body.RootElement.GetProperty("checks").GetProperty("pipe");
        Assert.Equal(status.ToString(), pipe.GetProperty("status").GetString());
        Assert.Equal("pipes/marie", pipe.GetProperty("description").GetString());
        Assert.Equal(1, pipe.GetProperty("data").GetProperty("readers").GetInt32());
        Assert.True(pipe.GetProperty("durationMs").GetDouble() >= 0);
        Assert.Equal("Healthy", body.RootElement.GetProperty("checks").GetProperty("self").GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_failing_dependency_is_no_reason_for_a_restart()
    {
        await using var service = await TestService.StartAsync(configure: builder =>
            builder.Services.AddHealthChecks().AddCheck("pipe", () => HealthCheckResult.Unhealthy("gone")));
        using var alive = await service.SendAsync("/alive");
        var body = await alive.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.DoesNotContain("pipe", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_throws_is_unhealthy_and_says_why()
    {
        await using var service = await TestService.StartAsync(configure: builder => builder.Services.AddHealthChecks()
            .AddCheck("disk", () => throw new IOException("the disk is full")));
        using var response = await service.SendAsync("/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("the disk is full", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_without_a_timeout_of_its_own_gets_one()
    {
        await using var service = await TestService.StartAsync(configure: builder => builder.Services.AddHealthChecks()
            .AddCheck("none", () => HealthCheckResult.Healthy())
            .AddCheck("own", () => HealthCheckResult.Healthy(), timeout: TimeSpan.FromMinutes(1)));
        var timeouts = service.Get<IOptions<HealthCheckServiceOptions>>().Value.Registrations.ToDictionary(r => r.Name, r => r.Timeout);

        Assert.Equal(TimeSpan.FromSeconds(5), timeouts["none"]);
        Assert.Equal(TimeSpan.FromMinutes(1), timeouts["own"]);
    }
}
