using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting;

public sealed class CommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task a_resource_can_be_started_restarted_and_stopped()
    {
        var builder = DistributedApplication.CreateBuilder();
        var sleeper = builder.AddExecutable("sleeper", "sleep", ".", "100").WithExplicitStart();
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StopCommand)).Success);

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(sleeper.Resource, KnownResourceCommands.StartCommand)).Success);
        var first = await RunningAsync(before: null);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.RestartCommand)).Success);
        await RunningAsync(before: first);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StopCommand)).Success);

        Assert.True(app.ResourceNotifications.TryGetCurrentState("sleeper", out var last));
        Assert.Equal(KnownResourceStates.Exited, last.Snapshot.State?.Text);

        async Task<object> RunningAsync(object? before)
        {
            var running = await app.ResourceNotifications.WaitForResourceAsync(
                "sleeper", e => e.Snapshot.State?.Text == KnownResourceStates.Running && !Equals(Process(e), before)).WaitAsync(Limit);
            return Process(running)!;
        }

        static object? Process(ResourceEvent e) => e.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value;
    }

    [Fact]
    public async Task commands_of_ones_own_answer_or_say_why_not()
    {
        var builder = DistributedApplication.CreateBuilder();
        builder.AddExecutable("worker", "sleep", ".", "100")
            .WithCommand("greet", "Greet", _ => Task.FromResult(CommandResults.Success("hello")))
            .WithCommand("fail", "Fail", _ => throw new InvalidOperationException("no way"))
            .WithCommand("never", "Never", _ => Task.FromResult(CommandResults.Success()), new CommandOptions { UpdateState = _ => ResourceCommandState.Disabled });
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);

        Assert.Equal("hello", (await app.ResourceCommands.ExecuteCommandAsync("worker", "greet")).Message);
        Assert.Equal("no way", (await app.ResourceCommands.ExecuteCommandAsync("worker", "fail")).Message);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("worker", "never")).Success);
        Assert.Contains("greet, fail, never", (await app.ResourceCommands.ExecuteCommandAsync("worker", "unknown")).Message, StringComparison.Ordinal);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("nobody", "greet")).Success);
    }

    [Fact]
    public async Task a_command_can_be_a_request()
    {
        using var folder = new TempFolder();
        var builder = DistributedApplication.CreateBuilder();
        builder.AddTinyServer("server", folder.Path).WithHttpHealthCheck().WithHttpCommand("/do", "Do", commandName: "do");
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("server").WaitAsync(Limit);

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("server", "do")).Success);
        await File.WriteAllTextAsync(folder["sick"], "");
        Assert.EndsWith("/do answered 503.", (await app.ResourceCommands.ExecuteCommandAsync("server", "do")).Message, StringComparison.Ordinal);
    }
}
