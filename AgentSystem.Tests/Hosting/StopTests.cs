using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Hosting;

public sealed class StopTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task what_others_depend_on_stops_last()
    {
        using var folder = new TempFolder();
        var builder = DistributedApplication.CreateBuilder();
        var bottom = Add("bottom");
        var middle = Add("middle").WaitFor(bottom);
        Add("top").WaitFor(middle);
        Add("side").WaitFor(bottom);
        var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);
        // Each says in a file that its trap is set.
        await Eventually.True(() => ((string[])["bottom", "middle", "top", "side"]).All(name => File.Exists(folder[name])));

        await app.StopAsync().WaitAsync(Limit);
        await app.DisposeAsync();

        var order = await File.ReadAllLinesAsync(folder["order"]);
        Assert.Equal(["top"], order[..1]);
        Assert.Equal(["middle", "side"], order[1..3].Order());
        Assert.Equal(["bottom"], order[3..]);

        IResourceBuilder<ExecutableResource> Add(string name) => builder.AddExecutable(
            name, "sh", folder.Path, "-c", $"trap 'echo {name} >> order; exit 0' TERM; : > {name}; while :; do sleep 0.05; done");
    }

    [Fact]
    public async Task what_is_between_two_runs_is_not_started_again()
    {
        using var folder = new TempFolder();
        var builder = DistributedApplication.CreateBuilder();
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider());
        builder.AddExecutable("flaky", "sh", folder.Path, "-c", "echo run >> runs; exit 7");
        var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);
        var starting = await app.ResourceNotifications.WaitForResourceAsync("flaky", e => e.Snapshot is { State.Text: "Starting", ExitCode: 7 }).WaitAsync(Limit);
        await app.StopAsync().WaitAsync(Limit);

        Assert.True(app.ResourceNotifications.TryGetCurrentState(starting.ResourceId, out var last));
        Assert.Equal((KnownResourceStates.Exited, 7), (last.Snapshot.State!.Text, last.Snapshot.ExitCode));
        await app.DisposeAsync();
    }

    [Fact]
    public async Task what_has_finished_stays_finished()
    {
        var builder = DistributedApplication.CreateBuilder();
        builder.AddExecutable("done", "true", ".");
        var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);
        var done = await app.ResourceNotifications.WaitForResourceAsync("done", e => e.Snapshot.State?.Text == KnownResourceStates.Finished).WaitAsync(Limit);
        await app.StopAsync().WaitAsync(Limit);

        Assert.True(app.ResourceNotifications.TryGetCurrentState(done.ResourceId, out var last));
        Assert.Equal(KnownResourceStates.Finished, last.Snapshot.State?.Text);
        await app.DisposeAsync();
    }

    [Fact]
    public async Task whoever_still_waits_for_a_resource_is_told_that_the_host_has_gone()
    {
        var builder = DistributedApplication.CreateBuilder();
        builder.AddExecutable("never", "sleep", ".", "100").WithExplicitStart();
        var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);
        var waiting = app.ResourceNotifications.WaitForResourceAsync("never", KnownResourceStates.Running);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("never", out var e));
        Assert.Equal(KnownResourceStates.NotStarted, e.Snapshot.State?.Text);

        await app.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit));
    }
}
