using System.Diagnostics;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Hosting.Embedded;

/// <summary>This engine replicates executables as well as projects, so a tiny one shows how it does.</summary>
public sealed class ReplicaTests
{
    [Fact]
    public async Task replicas_take_turns_behind_one_address_and_one_stands_in_for_the_other()
    {
        var time = new FakeTimeProvider();
        var builder = Hosts.Builder();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.AddTinyServer("server").WithAnnotation(new ReplicaAnnotation(2));
        await using var app = await builder.StartAsync();
        using var client = app.CreateHttpClient("server");

        var both = await AskAsTimeGoesByAsync(seen => seen.Count == 2); // somebody else may have had a port meanwhile, and a restart needs time
        Assert.All(both, id => Assert.True(app.ResourceNotifications.TryGetCurrentState($"server-{id}", out _)));
        Assert.False(app.ResourceNotifications.TryGetCurrentState("server", out _));

        var killed = $"server-{both.First()}";
        Assert.True(app.ResourceNotifications.TryGetCurrentState(killed, out var before));
        using (var process = Process.GetProcessById((int)before.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value!))
            process.Kill();
        await app.UntilAsync("server", e => e.ResourceId == killed && e.Snapshot.State?.Text == KnownResourceStates.Starting);
        Assert.Equal([both.Last()], await AskAsync(client, times: 2));

        await AskAsTimeGoesByAsync(both.SetEquals);

        Task<HashSet<string>> AskAsTimeGoesByAsync(Func<HashSet<string>, bool> enough) => Eventually.Get(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return AskAsync(client, times: 2);
            }, enough);
    }

    [Fact]
    public async Task each_replica_has_commands_of_its_own_and_the_resource_has_those_of_all()
    {
        var builder = Hosts.Builder();
        var sleepers = builder.AddExecutable("sleepers", "sleep", ".", "100").WithAnnotation(new ReplicaAnnotation(2));
        await using var app = await builder.StartAsync();
        var ids = await IdsAsync(app);
        await Task.WhenAll(ids.Select(id => StateAsync(app, id, KnownResourceStates.Running)));

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(ids[0], KnownResourceCommands.StopCommand)).Success);
        await StateAsync(app, ids[0], KnownResourceStates.Finished);
        Assert.True(app.ResourceNotifications.TryGetCurrentState(ids[1], out var other));
        Assert.Equal(KnownResourceStates.Running, other.Snapshot.State?.Text);

        // By its name nobody can say which one is meant.
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("sleepers", KnownResourceCommands.StartCommand)).Success);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(ids[0], KnownResourceCommands.StartCommand)).Success);
        await StateAsync(app, ids[0], KnownResourceStates.Running);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(sleepers.Resource, KnownResourceCommands.StopCommand)).Success);
        await Task.WhenAll(ids.Select(id => StateAsync(app, id, KnownResourceStates.Finished)));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, 4999)]
    public async Task replicas_cannot_share_the_port_that_they_listen_on(bool isProxied, int? targetPort)
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("a", "sleep", ".", "100").WithHttpEndpoint(targetPort: targetPort, isProxied: isProxied).WithAnnotation(new ReplicaAnnotation(2));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(builder.StartAsync);
        Assert.Contains("2 replicas", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HashSet<string>> AskAsync(HttpClient client, int times)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < times; i++)
            seen.Add(await client.GetStringAsync("/"));
        return seen;
    }

    private static async Task<string[]> IdsAsync(DistributedApplication app)
    {
        var ids = new HashSet<string>();
        await app.UntilAsync("sleepers", e => ids.Add(e.ResourceId) && ids.Count == 2);
        return [.. ids];
    }

    private static Task<ResourceEvent> StateAsync(DistributedApplication app, string id, string state) => app.UntilAsync("sleepers", e => e.ResourceId == id && e.Snapshot.State?.Text == state);
}
