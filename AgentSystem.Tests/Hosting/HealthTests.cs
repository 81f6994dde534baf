using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.Tests.Hosting;

public sealed class HealthTests
{
    [RunFact]
    public async Task who_waits_for_something_healthy_starts_when_it_is_and_not_before()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder();
        await File.WriteAllTextAsync(folder["sick"], "");
        var server = builder.AddTinyServer("server", folder.Path).WithHttpHealthCheck("/health");
        builder.AddExecutable("after", "true", ".").WaitFor(server);
        await using var app = await builder.StartAsync();

        var sick = await app.UntilAsync("server", e => e.Snapshot.HealthReports is [{ Status: HealthStatus.Unhealthy, LastRunAt: not null, Description: { } why }] && why.Contains("503", StringComparison.Ordinal));
        Assert.Equal("server_http_/health_200_check", sick.Snapshot.HealthReports.Single().Name);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("after", out var waiting));
        Assert.Equal(KnownResourceStates.Waiting, waiting.Snapshot.State?.Text);
        File.Delete(folder["sick"]);
        await app.UntilAsync("after", KnownResourceStates.Finished);
    }

    [RunFact]
    public async Task a_check_that_was_not_asked_yet_counts_as_unhealthy()
    {
        var asked = new TaskCompletionSource<HealthCheckResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = Hosts.Builder();
        builder.Services.AddHealthChecks().AddAsyncCheck("slow", () => asked.Task);
        builder.AddExecutable("sleeper", "sleep", ".", "100").WithHealthCheck("slow");
        await using var app = await builder.StartAsync();

        var running = await app.UntilAsync("sleeper", KnownResourceStates.Running);
        Assert.Equal((HealthStatus.Unhealthy, null), (running.Snapshot.HealthStatus, running.Snapshot.HealthReports.Single().Status));
        asked.SetResult(HealthCheckResult.Healthy());
        await app.ResourceNotifications.WaitForResourceHealthyAsync("sleeper").WaitAsync(Hosts.Limit);
    }

    [RunFact]
    public async Task who_waits_for_something_whose_readiness_fails_does_not_start()
    {
        var builder = Hosts.Builder();
        var server = builder.AddExecutable("server", "sleep", ".", "100").OnResourceReady((_, _, _) => throw new InvalidOperationException("the seed is missing"));
        builder.AddExecutable("after", "true", ".").WaitFor(server);
        await using var app = await builder.StartAsync();

        await app.UntilAsync("after", KnownResourceStates.FailedToStart);
        Assert.Contains("the seed is missing", await app.LogOfAsync("after"), StringComparison.Ordinal);
    }

    [RunFact]
    public async Task waiting_for_health_ends_when_the_resource_has_failed_or_does_not_exist()
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("missing", "no-such-program", ".");
        await using var app = await builder.StartAsync();

        await Assert.ThrowsAsync<DistributedApplicationException>(() => app.ResourceNotifications.WaitForResourceHealthyAsync("missing").WaitAsync(Hosts.Limit));
        await Assert.ThrowsAsync<DistributedApplicationException>(() => app.ResourceNotifications.WaitForResourceHealthyAsync("nobody").WaitAsync(Hosts.Limit));
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("missing", WaitBehavior.WaitOnResourceUnavailable, soon.Token).WaitAsync(Hosts.Limit));
        Assert.Contains(KnownResourceStates.FailedToStart, error.Message, StringComparison.Ordinal);
    }
}
