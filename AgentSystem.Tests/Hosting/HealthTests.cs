using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Hosting;

public sealed class HealthTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task changes_of_health_are_announced_and_readiness_once()
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider();
        var builder = DistributedApplication.CreateBuilder();
        builder.Services.AddSingleton<TimeProvider>(time);
        await File.WriteAllTextAsync(folder["sick"], "");
        var ready = 0;
        var server = builder.AddTinyServer("server", folder.Path).WithHttpHealthCheck("/health");
        server.OnResourceReady((_, _, _) =>
        {
            ready++;
            return Task.CompletedTask;
        });
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);

        // Asked, not only expected: the reason is the server's answer.
        await Until(e => e.Snapshot.HealthReports is [{ Description: { } why }] && why.EndsWith("answered 503, not 200.", StringComparison.Ordinal));
        Assert.Equal(0, ready);
        File.Delete(folder["sick"]);
        await Until(e => e.Snapshot is { HealthStatus: HealthStatus.Healthy, Ready: not null });
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

    [Fact]
    public async Task who_waits_for_something_healthy_starts_when_it_is_and_not_before()
    {
        using var folder = new TempFolder();
        var builder = DistributedApplication.CreateBuilder();
        await File.WriteAllTextAsync(folder["sick"], "");
        var server = builder.AddTinyServer("server", folder.Path).WithHttpHealthCheck();
        builder.AddExecutable("after", "true", ".").WaitFor(server);
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);

        await app.ResourceNotifications.WaitForResourceAsync("server", e => e.Snapshot.HealthReports is [{ Description: { } why }] && why.Contains("503", StringComparison.Ordinal)).WaitAsync(Limit);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("after", out var waiting));
        Assert.Equal(KnownResourceStates.Waiting, waiting.Snapshot.State?.Text);
        File.Delete(folder["sick"]);
        await app.ResourceNotifications.WaitForResourceAsync("after", KnownResourceStates.Finished).WaitAsync(Limit);
    }

    [Fact]
    public async Task who_waits_for_something_whose_readiness_fails_says_so()
    {
        var builder = DistributedApplication.CreateBuilder();
        var server = builder.AddExecutable("server", "sleep", ".", "100").OnResourceReady((_, _, _) => throw new InvalidOperationException("the seed is missing"));
        builder.AddExecutable("after", "true", ".").WaitFor(server);
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);

        await app.ResourceNotifications.WaitForResourceAsync("after", KnownResourceStates.FailedToStart).WaitAsync(Limit);
        Assert.Contains("the seed is missing", await app.LogOfAsync("after"), StringComparison.Ordinal);
    }
}
