using System.Net;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Orchestrator;

public sealed class RetentionTests
{
    private static readonly TimeSpan Half = TimeSpan.FromMinutes(5);

    // By the second, since a test clock fires every tick that it passes over.
    private static readonly (string, string) Tick = ("Orchestrator:TickInterval", "00:00:01");

    [Fact]
    public async Task Settled_tasks_and_their_files_go_when_they_are_old_enough_and_nothing_else_does()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time, settings: [("Orchestrator:Retention:Settled", "00:10:00"), Tick]);
        var (done, dead, cancelled, open) = (await app.SubmitAsync(), await app.SubmitAsync("\"max_attempts\":1"), await app.SubmitAsync(), await app.SubmitAsync());
        app.Publish(await ClaimAsync(app, time, done));
        app.Publish(await ClaimAsync(app, time, dead), new("broken", "It broke."));
        await app.PostAsync($"/tasks/{cancelled.Id}/cancel", "");
        await UntilAsync(time, async () => (await app.ShowAsync(done.Id)).State == TaskState.Completed && File.Exists(app.Volume.DeadPath(dead.Id)));

        SharedVolume.CreateOwnerOnly(app.Volume.OutputDir(done.Id));
        File.WriteAllText(Path.Combine(app.Volume.OutputDir(done.Id), "out.md"), "x");
        File.WriteAllText(app.Volume.RecordingPath(done.Id), "{}");

        time.Advance(Half);
        var young = await app.SubmitAsync();
        app.Publish(await ClaimAsync(app, time, young));
        await UntilAsync(time, async () => (await app.ShowAsync(young.Id)).State == TaskState.Completed);
        Assert.True(File.Exists(app.Volume.ResultPath(done.Id)));

        time.Advance(Half);
        foreach (var old in new[] { done, dead, cancelled })
            await UntilAsync(time, async () => (await app.Http.GetAsync($"/tasks/{old.Id}")).StatusCode == HttpStatusCode.NotFound);
        Assert.False(File.Exists(app.Volume.ResultPath(done.Id)));
        Assert.False(File.Exists(app.Volume.DeadPath(dead.Id)));
        Assert.False(Directory.Exists(app.Volume.OutputDir(done.Id)) || File.Exists(app.Volume.RecordingPath(done.Id)));
        Assert.Empty(app.Get<TaskJournal>().Queries.Errors(2));
        Assert.True(File.Exists(app.Volume.ResultPath(young.Id)));
        Assert.False((await app.ShowAsync(open.Id)).State.IsSettled());
        Assert.Equal(1, app.Get<TaskJournal>().Counts.Unsettled);
    }

    [Fact]
    public async Task Zero_keeps_them_for_ever()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time, settings: [("Orchestrator:Retention:Settled", "00:00:00"), Tick]);
        var done = await app.SubmitAsync();
        app.Publish(await ClaimAsync(app, time, done));
        await UntilAsync(time, async () => (await app.ShowAsync(done.Id)).State == TaskState.Completed);
        time.Advance(20 * Half);
        var marker = await app.SubmitAsync();
        await UntilAsync(time, async () => (await app.ShowAsync(marker.Id)).State == TaskState.Ready);
        Assert.True(File.Exists(app.Volume.ResultPath(done.Id)));
    }

    private static async Task<AgentTask> ClaimAsync(OrchestratorApp app, FakeTimeProvider time, TaskView task)
    {
        await UntilAsync(time, async () => (await app.ShowAsync(task.Id)).State == TaskState.Ready);
        return await app.ClaimAsync(task);
    }

    /// <summary>The dispatcher ticks by the test's clock.</summary>
    private static Task UntilAsync(FakeTimeProvider time, Func<Task<bool>> condition) => OrchestratorApp.UntilAsync(
        () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return condition();
        },
        () => "the dispatcher to get there");
}
