using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting;

public sealed class CommandTests
{
    [RunFact]
    public async Task a_resource_can_be_started_restarted_and_stopped()
    {
        var builder = Hosts.Builder();
        var sleeper = builder.AddExecutable("sleeper", "sleep", ".", "100").WithExplicitStart();
        await using var app = await builder.StartAsync();
        await app.UntilAsync("sleeper", KnownResourceStates.NotStarted);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StopCommand)).Success);

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(sleeper.Resource, KnownResourceCommands.StartCommand)).Success);
        var first = Process(await app.UntilAsync("sleeper", KnownResourceStates.Running));
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.RestartCommand)).Success);
        await app.UntilAsync("sleeper", e => e.Snapshot.State?.Text == KnownResourceStates.Running && !Equals(Process(e), first));
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StopCommand)).Success);
        await app.UntilAsync("sleeper", KnownResourceStates.Finished);

        static object? Process(ResourceEvent e) => e.Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value;
    }

    [RunFact]
    public async Task which_commands_can_be_given_follows_the_state()
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("sleeper", "sleep", ".", "100").WithExplicitStart();
        await using var app = await builder.StartAsync();

        Assert.Equal([("start", ResourceCommandState.Enabled), ("stop", ResourceCommandState.Hidden), ("restart", ResourceCommandState.Disabled)], await StatesAsync(KnownResourceStates.NotStarted));
        await app.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StartCommand);
        Assert.Equal([("start", ResourceCommandState.Hidden), ("stop", ResourceCommandState.Enabled), ("restart", ResourceCommandState.Enabled)], await StatesAsync(KnownResourceStates.Running));

        async Task<(string, ResourceCommandState)[]> StatesAsync(string state) =>
            [.. (await app.UntilAsync("sleeper", state)).Snapshot.Commands.Select(command => (command.Name, command.State))];
    }

    [RunFact]
    public async Task whoever_waits_can_be_told_to_start_now()
    {
        var builder = Hosts.Builder();
        var never = builder.AddExecutable("never", "sleep", ".", "100").WithExplicitStart();
        builder.AddExecutable("patient", "sleep", ".", "100").WaitFor(never);
        await using var app = await builder.StartAsync();
        await app.UntilAsync("patient", KnownResourceStates.Waiting);

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("patient", KnownResourceCommands.StartCommand)).Success);

        await app.UntilAsync("patient", KnownResourceStates.Running);
    }

    [RunFact]
    public async Task commands_of_ones_own_answer_or_say_why_not()
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("worker", "sleep", ".", "100")
            .WithCommand("greet", "Greet", context => Task.FromResult(CommandResults.Success($"hello from {context.ResourceName}")))
            .WithCommand("fail", "Fail", _ => throw new InvalidOperationException("no way"))
            .WithCommand("cancel", "Cancel", _ => throw new OperationCanceledException())
            .WithCommand("shown", "Shown", _ => Task.FromResult(CommandResults.Success()), new CommandOptions { Description = "d", UpdateState = _ => ResourceCommandState.Disabled });
        await using var app = await builder.StartAsync();
        var running = await app.UntilAsync("worker", KnownResourceStates.Running);

        Assert.Equal($"hello from {running.ResourceId}", (await app.ResourceCommands.ExecuteCommandAsync("worker", "greet")).Message);
        Assert.Equal("no way", (await app.ResourceCommands.ExecuteCommandAsync("worker", "fail")).Message);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("worker", "cancel")).Canceled);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("worker", "unknown")).Success);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("nobody", "greet")).Success);
        // What people cannot click, code can still do.
        Assert.Equal(ResourceCommandState.Disabled, running.Snapshot.Commands.Single(command => command is { Name: "shown", DisplayName: "Shown", DisplayDescription: "d" }).State);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("worker", "shown")).Success);
    }

    [RunFact]
    public async Task a_command_can_be_a_request()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder();
        builder.AddTinyServer("server", folder.Path).WithHttpHealthCheck()
            .WithHttpCommand("/do", "Do", commandName: "do")
            .WithHttpCommand("/ask", "Ask", commandName: "ask", commandOptions: new HttpCommandOptions
            {
                Method = HttpMethod.Get,
                PrepareRequest = context =>
                {
                    context.Request.Headers.Add("X-Who", context.ResourceName);
                    return Task.CompletedTask;
                },
                GetCommandResult = async context => CommandResults.Success(
                    $"{context.Response.RequestMessage!.Headers.GetValues("X-Who").Single()} says {await context.Response.Content.ReadAsStringAsync(context.CancellationToken)}"),
            });
        await using var app = await builder.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("server").WaitAsync(Hosts.Limit);

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("server", "do")).Success);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("server", out var server));
        Assert.Equal($"{server.ResourceId} says {server.ResourceId["server-".Length..]}", (await app.ResourceCommands.ExecuteCommandAsync("server", "ask")).Message);
        await File.WriteAllTextAsync(folder["sick"], "");
        var failed = await app.ResourceCommands.ExecuteCommandAsync("server", "do");
        Assert.False(failed.Success);
        Assert.NotNull(failed.Message);
    }

    [RunFact]
    public async Task starting_and_stopping_is_told_to_those_who_subscribed()
    {
        var told = new List<string>();
        var builder = Hosts.Builder();
        builder.AddExecutable("sleeper", "sleep", ".", "100")
            .OnBeforeResourceStarted((_, _, _) => Tell("before"))
            .OnResourceReady((_, _, _) => Tell("ready"))
            .OnResourceStopped((_, stopped, _) => Tell(stopped.ResourceEvent.Snapshot.State!.Text));
        await using var app = await builder.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("sleeper").WaitAsync(Hosts.Limit);
        await app.ResourceCommands.ExecuteCommandAsync("sleeper", KnownResourceCommands.StopCommand);

        await Eventually.True(() => told.Count == 3);
        Assert.Equal(["before", "ready", KnownResourceStates.Finished], told);

        Task Tell(string what)
        {
            told.Add(what);
            return Task.CompletedTask;
        }
    }
}
