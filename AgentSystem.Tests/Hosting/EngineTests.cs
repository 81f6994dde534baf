using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Hosting;

/// <summary>Each test has a host of its own with tiny programs as resources.</summary>
public sealed class EngineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task output_is_kept_and_expressions_are_resolved()
    {
        var builder = DistributedApplication.CreateBuilder(["--Parameters:secret=s3"]);
        var secret = builder.AddParameter("secret", secret: true);
        var echo = builder.AddExecutable("echo", "sh", ".", "-c", "echo \"$SECRET $URL $0\"").WithHttpEndpoint();
        echo.WithEnvironment("SECRET", secret).WithEnvironment("URL", $"{echo.GetEndpoint("http")}/x").WithArgs(ReferenceExpression.Create($"port-{echo.GetEndpoint("http").Property(EndpointProperty.TargetPort)}"));
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);
        await app.ResourceNotifications.WaitForResourceAsync("echo", KnownResourceStates.Finished).WaitAsync(Limit);
        var url = app.GetEndpoint("echo");
        Assert.Contains($"s3 {url}x port-{url.Port}", await LogAsync(app, echo.Resource), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_resource_starts_after_what_it_waits_for()
    {
        var builder = DistributedApplication.CreateBuilder();
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var first = builder.AddExecutable("first", "sh", folder.FullName, "-c", "echo done > file");
            var second = builder.AddExecutable("second", "cat", folder.FullName, "file").WaitForCompletion(first);
            await using var app = builder.Build();
            await app.StartAsync().WaitAsync(Limit);
            await app.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.Finished).WaitAsync(Limit);
            Assert.Contains("done", await LogAsync(app, second.Resource), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task a_cycle_of_waits_is_refused()
    {
        var builder = DistributedApplication.CreateBuilder();
        var a = builder.AddExecutable("a", "sleep", ".", "100");
        var b = builder.AddExecutable("b", "sleep", ".", "100").WaitFor(a);
        a.WaitFor(b);
        await using var app = builder.Build();
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync());
        Assert.Contains("a -> b -> a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_port_in_use_is_refused()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var builder = DistributedApplication.CreateBuilder();
        builder.AddExecutable("a", "sleep", ".", "100").WithHttpEndpoint(port: ((System.Net.IPEndPoint)other.LocalEndpoint).Port);
        await using var app = builder.Build();
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync());
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task missing_executables_and_containers_fail_alone_and_say_why()
    {
        var builder = DistributedApplication.CreateBuilder();
        var missing = builder.AddExecutable("missing", "no-such-program", ".");
        var container = builder.AddContainer("container", "image");
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);
        await app.ResourceNotifications.WaitForResourceAsync("missing", KnownResourceStates.FailedToStart).WaitAsync(Limit);
        await app.ResourceNotifications.WaitForResourceAsync("container", KnownResourceStates.FailedToStart).WaitAsync(Limit);
        Assert.Contains("no-such-program", await LogAsync(app, missing.Resource), StringComparison.Ordinal);
        Assert.Contains("AppHostEngine=aspire", await LogAsync(app, container.Resource), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_program_that_fails_is_restarted()
    {
        var builder = DistributedApplication.CreateBuilder();
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            builder.AddExecutable("flaky", "sh", folder.FullName, "-c", "[ -e again ] && exit 0; touch again; exit 3");
            await using var app = builder.Build();
            await app.StartAsync().WaitAsync(Limit);
            await app.ResourceNotifications.WaitForResourceAsync("flaky", KnownResourceStates.Finished).WaitAsync(Limit);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task stopping_ends_the_whole_process_group()
    {
        var builder = DistributedApplication.CreateBuilder();
        var stubborn = builder.AddExecutable("stubborn", "sh", ".", "-c", "trap '' TERM; sleep 1000 & echo child=$!; wait");
        var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);
        var line = "";
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(stubborn.Resource))
        {
            line = lines[0].Content;
            break;
        }

        var child = int.Parse(line["child=".Length..], System.Globalization.CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        await app.StopAsync().WaitAsync(Limit);
        await app.DisposeAsync();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10));
        Assert.False(IsRunning(child));
    }

    private static bool IsRunning(int id) =>
        File.Exists($"/proc/{id}/stat") && File.ReadAllText($"/proc/{id}/stat").Split(' ')[2] is not "Z";

    private static async Task<string> LogAsync(DistributedApplication app, IResource resource)
    {
        var text = "";
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(resource))
            text += string.Join('\n', lines.Select(line => line.Content));
        return text;
    }
}
