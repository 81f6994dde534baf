using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting.Embedded;

/// <summary>A parameter without a value is asked for at the terminal that the AppHost was started at.</summary>
public sealed class PromptTests
{
    [Fact]
    public async Task what_is_missing_is_asked_for_and_only_who_needs_it_waits()
    {
        using var terminal = new Pty();
        var builder = Hosts.Builder($"--AppHost:Terminal={terminal.Device}");
        var open = builder.AddParameter("open-key").WithDescription("What people may see.");
        var secret = builder.AddParameter("secret-key", secret: true);
        builder.AddExecutable("needs", "sh", ".", "-c", "echo $OPEN-$SECRET").WithEnvironment("OPEN", open).WithEnvironment("SECRET", secret);
        builder.AddExecutable("free", "true", ".");
        await using var app = await builder.StartAsync();

        await app.UntilAsync("free", KnownResourceStates.Finished);
        await Eventually.True(() => terminal.Screen.EndsWith("What people may see.\r\nParameter open-key: ", StringComparison.Ordinal));
        await app.UntilAsync("open-key", KnownResourceStates.ValueMissing);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("needs", out var waiting));
        Assert.Null(waiting.Snapshot.StartTimeStamp);
        terminal.Type("seen\n");
        await app.UntilAsync("open-key", KnownResourceStates.Running);
        await Eventually.True(() => terminal.Screen.EndsWith("Parameter secret-key (not shown): ", StringComparison.Ordinal));
        terminal.Type("hidden\n");

        await app.UntilAsync("needs", KnownResourceStates.Finished);
        Assert.Equal("seen-hidden", await app.LogOfAsync("needs"));
        Assert.Contains("open-key: seen", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_empty_answer_is_none()
    {
        using var terminal = new Pty();
        var builder = Hosts.Builder($"--AppHost:Terminal={terminal.Device}");
        var key = builder.AddParameter("key");
        await using var app = await builder.StartAsync();

        await Eventually.True(() => terminal.Screen.EndsWith("Parameter key: ", StringComparison.Ordinal));
        terminal.Type("\n");
        await Eventually.True(() => terminal.Screen.EndsWith("Parameter key: \r\nParameter key: ", StringComparison.Ordinal));
        terminal.Type("value\n");

        Assert.Equal("value", await key.Resource.GetValueAsync(CancellationToken.None).AsTask().WaitAsync(Hosts.Limit));
    }

    [Fact]
    public async Task a_host_that_stops_while_it_asks_leaves_the_terminal_as_it_was()
    {
        using var terminal = new Pty();
        var builder = Hosts.Builder($"--AppHost:Terminal={terminal.Device}");
        builder.AddParameter("key", secret: true);
        await using (var app = await builder.StartAsync())
            await Eventually.True(() => terminal.Screen.EndsWith("Parameter key (not shown): ", StringComparison.Ordinal));

        terminal.Type("shown again");

        await Eventually.True(() => terminal.Screen.Contains("shown again", StringComparison.Ordinal));
    }
}
