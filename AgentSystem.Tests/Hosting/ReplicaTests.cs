using System.Diagnostics;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Hosting;

public sealed class ReplicaTests
{
    [Fact]
    public async Task replicas_take_turns_behind_one_address_and_one_stands_in_for_the_other()
    {
        var time = new FakeTimeProvider();
        var builder = DistributedApplication.CreateBuilder();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.AddTinyServer("server").WithAnnotation(new ReplicaAnnotation(2));
        await using var app = builder.Build();
        await app.StartAsync();
        using var client = app.CreateHttpClient("server");

        var both = await Eventually.Get(async () => new HashSet<string> { await client.GetStringAsync("/"), await client.GetStringAsync("/") }, seen => seen.Count == 2);
        Assert.All(both, id => Assert.True(app.ResourceNotifications.TryGetCurrentState(id, out _)));

        var killed = both.First();
        Assert.True(app.ResourceNotifications.TryGetCurrentState(killed, out var before));
        using (var process = Process.GetProcessById((int)before.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value!))
            process.Kill();
        await app.ResourceNotifications.WaitForResourceAsync("server", e => e.ResourceId == killed && e.Snapshot.State?.Text == KnownResourceStates.Starting).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal([both.Last()], new HashSet<string> { await client.GetStringAsync("/"), await client.GetStringAsync("/") });

        await Eventually.Get(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return new HashSet<string> { await client.GetStringAsync("/"), await client.GetStringAsync("/") };
            }, both.SetEquals);
    }

    [Fact]
    public async Task replicas_cannot_share_a_port_without_a_proxy()
    {
        var builder = DistributedApplication.CreateBuilder();
        builder.AddExecutable("a", "sleep", ".", "100").WithHttpEndpoint(isProxied: false).WithAnnotation(new ReplicaAnnotation(2));
        await using var app = builder.Build();

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync());
        Assert.Contains("2 replicas", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task hosts_live_side_by_side()
    {
        await using var one = Host();
        await using var other = Host();
        await Task.WhenAll(one.StartAsync(), other.StartAsync());
        await Task.WhenAll(one.ResourceNotifications.WaitForResourceHealthyAsync("server"), other.ResourceNotifications.WaitForResourceHealthyAsync("server")).WaitAsync(TimeSpan.FromSeconds(20));

        await one.StopAsync();

        using var client = other.CreateHttpClient("server");
        Assert.StartsWith("server-", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.NotEqual(one.GetEndpoint("server"), other.GetEndpoint("server"));

        static DistributedApplication Host()
        {
            var builder = DistributedApplication.CreateBuilder();
            builder.AddTinyServer("server").WithHttpHealthCheck();
            return builder.Build();
        }
    }
}
