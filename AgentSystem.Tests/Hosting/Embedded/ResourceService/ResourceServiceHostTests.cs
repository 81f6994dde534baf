using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Hosting.Embedded.ResourceService;

public sealed class ResourceServiceHostTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task nobody_is_let_in_without_the_key(string? key)
    {
        await using var app = await ResourceServiceClient.Builder().StartAsync();
        using var client = ResourceServiceClient.For(app);
        client.Http.DefaultRequestHeaders.Remove(ResourceServiceClient.Header);
        if (key is not null)
            client.Http.DefaultRequestHeaders.Add(ResourceServiceClient.Header, key);

        foreach (var path in (string[])["/resources", "/resources/events", "/resources/a/logs", "/else"])
        {
            using var response = await client.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Contains(ResourceServiceClient.Header, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--AppHost:ResourceService:ApiKey=given")]
    [InlineData("--ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY=given")]
    public async Task the_key_can_be_given(string argument)
    {
        await using var app = await ResourceServiceClient.Builder(argument).StartAsync();
        using var client = ResourceServiceClient.For(app);

        client.Http.DefaultRequestHeaders.Remove(ResourceServiceClient.Header);
        client.Http.DefaultRequestHeaders.Add(ResourceServiceClient.Header, "given");

        Assert.Empty(await client.ResourcesAsync());
    }

    [Fact]
    public async Task each_run_has_a_key_of_its_own_and_processes_can_be_told_where_the_api_is()
    {
        var builder = ResourceServiceClient.Builder();
        builder.AddExecutable("console", "sleep", ".", "100").WithEnvironment(context => context.EnvironmentVariables["WHERE"] = builder.Configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]!);
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);

        Assert.Equal(client.Http.BaseAddress, new Uri((await app.EnvironmentAsync("console"))["WHERE"]!));
        Assert.True(client.Http.BaseAddress!.IsLoopback);
        Assert.NotEqual(builder.Configuration[ResourceServiceClient.KeySetting], ResourceServiceClient.Builder().Configuration[ResourceServiceClient.KeySetting]);
    }

    [Fact]
    public async Task without_a_dashboard_there_is_no_api()
    {
        await using var app = await Hosts.Builder().StartAsync();

        Assert.Null(app.Services.GetRequiredService<IConfiguration>()[ResourceServiceClient.KeySetting]);
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("[::1]", "[::1]")]
    public async Task it_listens_on_loopback_where_it_is_told_to(string host, string address)
    {
        var port = Hosts.FreePort();
        await using var app = await ResourceServiceClient.Builder($"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://{host}:{port}").StartAsync();
        using var client = ResourceServiceClient.For(app);

        Assert.Equal(new Uri($"http://{address}:{port}"), client.Http.BaseAddress);
        Assert.Empty(await client.ResourcesAsync());
    }

    [Theory]
    [InlineData("https://localhost:18890")]
    [InlineData("http://0.0.0.0:18890")]
    [InlineData("http://example.com")]
    [InlineData("nonsense")]
    public async Task another_address_is_refused_with_what_to_do(string url)
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => ResourceServiceClient.Builder($"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL={url}").StartAsync());

        Assert.Contains($"ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL is '{url}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_port_that_is_taken_is_an_error_that_names_the_setting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(ResourceServiceClient.Builder($"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://{taken.LocalEndpoint}").StartAsync);

        Assert.Contains("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task streams_end_as_soon_as_the_host_is_to_stop()
    {
        var builder = ResourceServiceClient.Builder();
        // It takes its time to stop, but nobody who listens waits for that.
        builder.AddExecutable("stubborn", "sh", ".", "-c", "trap '' TERM; echo ready; exec sleep 1000");
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);
        await client.UntilAsync("/resources/stubborn/logs/events", lines => lines[0].Text("text") == "ready");
        var heard = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var streams = Task.WhenAll(ReadAsync("/resources/events", heard[0]), ReadAsync("/resources/stubborn/logs/events", heard[1]));
        await Task.WhenAll(heard.Select(h => h.Task)).WaitAsync(Hosts.Limit);

        var watch = Stopwatch.StartNew();
        var stop = app.StopAsync();
        await streams.WaitAsync(Hosts.Limit);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(4), $"It took {watch.Elapsed}.");
        Assert.False(stop.IsCompleted);
        await stop.WaitAsync(Hosts.Limit);

        async Task ReadAsync(string path, TaskCompletionSource any)
        {
            await foreach (var _ in client.EventsAsync(path))
                any.TrySetResult();
        }
    }
}
