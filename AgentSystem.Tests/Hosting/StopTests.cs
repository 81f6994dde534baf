using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Hosting;

public sealed class StopTests
{
    [RunFact]
    public async Task what_has_finished_stays_finished()
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("done", "true", ".");
        await using var app = await builder.StartAsync();
        var done = await app.UntilAsync("done", KnownResourceStates.Finished);
        await app.StopAsync().WaitAsync(Hosts.Limit);

        Assert.True(app.ResourceNotifications.TryGetCurrentState(done.ResourceId, out var last));
        Assert.Equal((KnownResourceStates.Finished, 0), (last.Snapshot.State?.Text, last.Snapshot.ExitCode));
    }

    [RunFact]
    public async Task whoever_still_waits_for_a_resource_is_told_that_the_host_has_gone()
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("never", "sleep", ".", "100").WithExplicitStart();
        var app = await builder.StartAsync();
        var waiting = app.ResourceNotifications.WaitForResourceAsync("never", KnownResourceStates.Running);

        await app.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Hosts.Limit));
    }

    [RunFact]
    public async Task stopping_ends_what_a_program_has_started_itself()
    {
        var builder = Hosts.Builder();
        var parent = builder.AddExecutable("parent", "sh", ".", "-c", "sleep 1000 & echo child=$!; wait");
        await using var app = await builder.StartAsync();
        var child = 0;
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(parent.Resource))
        {
            if (lines.Select(Hosts.Said).FirstOrDefault(line => line.StartsWith("child=", StringComparison.Ordinal)) is { } line)
            {
                child = int.Parse(line["child=".Length..], System.Globalization.CultureInfo.InvariantCulture);
                break;
            }
        }

        await app.StopAsync().WaitAsync(Hosts.Limit);

        await Support.Eventually.True(() => !IsRunning(child));
    }

    private static bool IsRunning(int id) =>
        File.Exists($"/proc/{id}/stat") && File.ReadAllText($"/proc/{id}/stat").Split(' ')[2] is not "Z";
}
