using System.Net.NetworkInformation;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.Hosting;

public sealed class SideBySideTests
{
    [RunFact]
    public async Task hosts_live_side_by_side()
    {
        await using var one = Host();
        await using var other = Host();
        await Task.WhenAll(one.StartAsync(), other.StartAsync()).WaitAsync(Hosts.Limit);
        await Task.WhenAll(one.ResourceNotifications.WaitForResourceHealthyAsync("server"), other.ResourceNotifications.WaitForResourceHealthyAsync("server")).WaitAsync(Hosts.Limit);
        Assert.NotEqual(one.GetEndpoint("server"), other.GetEndpoint("server"));

        await one.StopAsync();

        using var client = other.CreateHttpClient("server");
        Assert.Equal((await other.EnvironmentAsync("server"))["OTEL_RESOURCE_ATTRIBUTES"], $"service.instance.id={await client.GetStringAsync("/")}");

        static DistributedApplication Host()
        {
            var builder = Hosts.Builder();
            builder.AddTinyServer("server").WithHttpHealthCheck();
            return builder.Build();
        }
    }

    [RunFact]
    public async Task a_host_leaves_neither_processes_nor_ports_nor_files_behind()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder();
        builder.AddTinyServer("server", folder.Path).WithHttpHealthCheck();
        int process, port;
        await using (var app = await builder.StartAsync())
        {
            var healthy = await app.ResourceNotifications.WaitForResourceHealthyAsync("server").WaitAsync(Hosts.Limit);
            process = Convert.ToInt32(healthy.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value, System.Globalization.CultureInfo.InvariantCulture);
            port = app.GetEndpoint("server").Port;
            Assert.Contains(Listening(), listener => listener == port);
        }

        await Eventually.True(() => !Directory.Exists($"/proc/{process}"));
        Assert.DoesNotContain(port, Listening());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static IEnumerable<int> Listening() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port);
}
