using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting;

public sealed class WaitTests
{
    [RunFact]
    public async Task a_resource_starts_after_what_it_waits_for_has_completed()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder();
        var first = builder.AddExecutable("first", "sh", folder.Path, "-c", "echo done > file; exit 3");
        builder.AddExecutable("second", "cat", folder.Path, "file").WaitForCompletion(first, exitCode: 3);
        await using var app = await builder.StartAsync();

        await app.UntilAsync("second", KnownResourceStates.Finished);
        Assert.Contains("done", await app.LogOfAsync("second"), StringComparison.Ordinal);
    }

    [RunFact]
    public async Task another_exit_code_than_the_one_waited_for_is_a_failure_of_who_waits()
    {
        var builder = Hosts.Builder();
        var first = builder.AddExecutable("first", "sh", ".", "-c", "exit 3");
        builder.AddExecutable("second", "true", ".").WaitForCompletion(first);
        await using var app = await builder.StartAsync();

        await app.UntilAsync("second", KnownResourceStates.FailedToStart);
        // A process that ended has finished, whatever its code.
        Assert.Equal(3, (await app.UntilAsync("first", KnownResourceStates.Finished)).Snapshot.ExitCode);
    }

    [RunFact]
    public async Task who_waits_for_the_start_does_not_wait_for_health()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["sick"], "");
        var builder = Hosts.Builder();
        var server = builder.AddTinyServer("server", folder.Path).WithHttpHealthCheck();
        builder.AddExecutable("after", "true", ".").WaitForStart(server);
        await using var app = await builder.StartAsync();

        await app.UntilAsync("after", KnownResourceStates.Finished);
    }

    [RunFact]
    public async Task who_waits_goes_through_these_states()
    {
        var builder = Hosts.Builder();
        var first = builder.AddExecutable("first", "sleep", ".", "100");
        builder.AddExecutable("second", "sleep", ".", "0.2").WaitFor(first);
        var app = builder.Build();
        await using var _ = app;
        var states = new List<string>();
        var watching = WatchAsync();
        await app.StartAsync().WaitAsync(Hosts.Limit);

        await watching.WaitAsync(Hosts.Limit);
        // In between Aspire may say again that it is starting.
        Assert.Equal(["Starting", "Waiting", "Running", "Finished"], states.Distinct());

        async Task WatchAsync()
        {
            await foreach (var e in app.ResourceNotifications.WatchAsync())
            {
                if (e.Resource.Name != "second" || e.Snapshot.State is not { Text.Length: > 0 } state)
                    continue;
                states.Add(state.Text);
                if (state.Text == KnownResourceStates.Finished)
                    return;
            }
        }
    }

    [RunTheory]
    [InlineData(WaitBehavior.StopOnResourceUnavailable, "FailedToStart")]
    [InlineData(WaitBehavior.WaitOnResourceUnavailable, "Waiting")]
    [InlineData(null, "FailedToStart")] // the default where there is no dashboard to start the other one again
    public async Task what_happens_when_the_other_one_fails_can_be_said(WaitBehavior? behavior, string state)
    {
        var builder = Hosts.Builder();
        var missing = builder.AddExecutable("missing", "no-such-program", ".");
        var waiting = builder.AddExecutable("waiting", "true", ".");
        if (behavior is { } said)
            waiting.WaitFor(missing, said);
        else
            waiting.WaitFor(missing);
        await using var app = await builder.StartAsync();

        await app.UntilAsync("missing", KnownResourceStates.FailedToStart);
        await app.UntilAsync("waiting", state);
    }

    [RunFact]
    public async Task code_can_wait_as_a_resource_does()
    {
        var builder = Hosts.Builder();
        var first = builder.AddExecutable("first", "true", ".");
        var second = builder.AddExecutable("second", "true", ".").WithExplicitStart().WaitForCompletion(first);
        await using var app = await builder.StartAsync();

        await app.ResourceNotifications.WaitForDependenciesAsync(second.Resource, CancellationToken.None).WaitAsync(Hosts.Limit);

        await app.UntilAsync("first", KnownResourceStates.Finished);
    }
}
