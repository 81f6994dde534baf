using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Hosting.Embedded;

public sealed class HealthOverTimeTests
{
    [Fact]
    public async Task changes_of_health_are_announced_and_readiness_once()
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider();
        var builder = Hosts.Builder();
        builder.Services.AddSingleton<TimeProvider>(time);
        await File.WriteAllTextAsync(folder["sick"], "");
        var ready = 0;
        var server = builder.AddTinyServer("server", folder.Path).WithHttpHealthCheck("/health");
        server.OnResourceReady((_, _, _) =>
        {
            ready++;
            return Task.CompletedTask;
        });
        await using var app = await builder.StartAsync();

        // Asked, not only expected: the reason is the server's answer.
        await Until(e => e.Snapshot.HealthReports is [{ Description: { } why }] && why.EndsWith("answered 503, not 200.", StringComparison.Ordinal));
        Assert.Equal(0, ready);
        File.Delete(folder["sick"]);
        await Until(e => e.Snapshot.HealthStatus == HealthStatus.Healthy && ready == 1);
        await File.WriteAllTextAsync(folder["sick"], "");
        await Until(e => e.Snapshot.HealthStatus == HealthStatus.Unhealthy);
        File.Delete(folder["sick"]);
        await Until(e => e.Snapshot.HealthStatus == HealthStatus.Healthy);
        Assert.Equal(1, ready);

        Task Until(Func<ResourceEvent, bool> state) => Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return app.ResourceNotifications.TryGetCurrentState("server", out var e) && state(e);
        });
    }
}
