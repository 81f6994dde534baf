using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Hosting.Embedded;

public sealed class StopOrderTests
{
    [Fact]
    public async Task what_others_depend_on_stops_last()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder();
        var bottom = Add("bottom");
        var middle = Add("middle").WaitFor(bottom);
        Add("top").WaitFor(middle);
        Add("side").WaitFor(bottom);
        await using var app = await builder.StartAsync();
        // Each says in a file that its trap is set.
        await Eventually.True(() => ((string[])["bottom", "middle", "top", "side"]).All(name => File.Exists(folder[name])));

        await app.StopAsync().WaitAsync(Hosts.Limit);

        var order = await File.ReadAllLinesAsync(folder["order"]);
        Assert.Equal(["top"], order[..1]);
        Assert.Equal(["middle", "side"], order[1..3].Order());
        Assert.Equal(["bottom"], order[3..]);

        IResourceBuilder<ExecutableResource> Add(string name) => builder.AddExecutable(
            name, "sh", folder.Path, "-c", $"mkfifo {name}.idle; trap 'echo {name} >> order; exit 0' TERM; exec 3<>{name}.idle; : > {name}; read line <&3");
    }

    [Fact]
    public async Task each_has_its_whole_time_to_finish_what_it_has_begun_however_many_stop_after_it()
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider();
        var builder = Hosts.Builder();
        builder.Services.AddSingleton<TimeProvider>(time);
        var bottom = builder.AddExecutable("bottom", "sleep", ".", "60");
        var middle = builder.AddExecutable("middle", "sleep", ".", "60").WaitForStart(bottom);
        builder.AddExecutable(
            "busy", "sh", folder.Path, "-c", "mkfifo go idle; trap ': > asked; read line < go; : > finished; exit 0' TERM; exec 3<>idle; : > ready; while :; do read line <&3; done")
            .WaitForStart(middle);
        await using var app = await builder.StartAsync();
        await Eventually.True(() => File.Exists(folder["ready"]));

        var stopped = app.StopAsync();
        await Eventually.True(() => File.Exists(folder["asked"]));
        time.Advance(TimeSpan.FromSeconds(14));
        await File.WriteAllTextAsync(folder["go"], "go\n");
        await stopped.WaitAsync(Hosts.Limit);

        Assert.True(File.Exists(folder["finished"]));
    }

    [Fact]
    public async Task what_does_not_end_is_killed_and_that_is_said()
    {
        var time = new FakeTimeProvider();
        var builder = Hosts.Builder();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.AddExecutable("stubborn", "sh", ".", "-c", "trap '' TERM; echo ready; exec sleep 1000");
        await using var app = await builder.StartAsync();
        await Eventually.True(async () => await app.LogOfAsync("stubborn") == "ready");

        var stopped = app.StopAsync();
        await Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return stopped.IsCompleted;
        });

        await stopped;
        Assert.Contains("Did not end within 15 s and was killed.", await app.LogOfAsync("stubborn"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_between_two_runs_is_not_started_again()
    {
        using var folder = new TempFolder();
        var builder = Hosts.Builder();
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider());
        builder.AddExecutable("flaky", "sh", folder.Path, "-c", "echo run >> runs; exit 7");
        await using var app = await builder.StartAsync();
        var starting = await app.UntilAsync("flaky", e => e.Snapshot is { State.Text: "Starting", ExitCode: 7 });
        await app.StopAsync().WaitAsync(Hosts.Limit);

        Assert.True(app.ResourceNotifications.TryGetCurrentState(starting.ResourceId, out var last));
        Assert.Equal((KnownResourceStates.Finished, 7), (last.Snapshot.State!.Text, last.Snapshot.ExitCode));
        Assert.Single(await File.ReadAllLinesAsync(folder["runs"]));
    }
}
