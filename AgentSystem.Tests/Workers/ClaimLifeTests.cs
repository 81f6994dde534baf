using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static AgentSystem.Tests.Workers.TestVolume;

namespace AgentSystem.Tests.Workers;

/// <summary>How a claim is kept, lost, settled once and put back.</summary>
public sealed class ClaimLifeTests : IDisposable
{
    private static readonly JsonElement Done = JsonSerializer.SerializeToElement(new { done = true });
    private readonly TestVolume _volume = new();

    public void Dispose() => _volume.Dispose();

    [Fact]
    public async Task A_task_whose_active_file_is_removed_is_stopped_at_once_and_publishes_nothing()
    {
        _volume.Listen();
        var (begun, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var worker = await WorkerHost.StartAsync(_volume, s => s.AddSingleton<IAgent>(new ScriptedAgent(async (_, cancellation) =>
        {
            begun.SetResult();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellation);
            }
            finally
            {
                stopped.SetResult();
            }
            return Done;
        })));
        _volume.Place("t1", "scripted", new { });
        await begun.Task.WaitAsync(Patience);

        File.Delete(_volume.Volume.ActivePath(Worker, "t1"));

        // The lease is 15 s: only inotify can be this quick.
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(4));
        _volume.Place("t2", "fail", new { });
        var lines = await _volume.LinesUntilAsync(l => l is { TaskId: "t2", Status: LineStatus.Failed });
        Assert.Equal([LineStatus.Claimed, LineStatus.Started], lines.Where(l => l.TaskId == "t1").Select(l => l.Status));
        Assert.False(File.Exists(_volume.Volume.ResultPath("t1")));
    }

    [Fact]
    public async Task A_task_that_another_attempt_has_taken_over_publishes_nothing()
    {
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var worker = await WorkerHost.StartAsync(_volume, s => s.AddSingleton<IAgent>(new ScriptedAgent(async (_, _) =>
        {
            begun.SetResult();
            await go.Task;
            return Done;
        })));
        var task = NewTask("t1", "scripted", new { });
        _volume.Place(task);
        await begun.Task.WaitAsync(Patience);

        // By rename over it, so that no removal is seen.
        var staged = Path.Combine(_volume.Volume.TasksDir(Worker), SharedVolume.Incoming, "x");
        File.WriteAllBytes(staged, JsonSerializer.SerializeToUtf8Bytes(task with { Attempt = 2 }, ProtocolJson.Default.AgentTask));
        File.Move(staged, _volume.Volume.ActivePath(Worker, "t1"), overwrite: true);
        go.SetResult();

        _volume.Place("t2", "sleep", new { seconds = 0 });
        await _volume.ResultAsync("t2");
        await worker.StopAsync();
        Assert.False(File.Exists(_volume.Volume.ResultPath("t1")));
        Assert.True(File.Exists(_volume.Volume.ActivePath(Worker, "t1")));
    }

    /// <summary>As when the process is stopped between its last look and its publishing, and somebody else does the work meanwhile.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    public async Task A_late_result_never_takes_the_place_of_one_that_may_count(int attemptOfTheOther)
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        var publisher = worker.Services.GetRequiredService<ResultPublisher>();
        var path = _volume.Volume.ResultPath("t1");
        SharedVolume.Publish(path, Result("t1", attemptOfTheOther));
        var late = NewTask("t1", "scripted", new { }, t => t with { Attempt = 2 });

        Assert.False(publisher.TryPublish(late, Result("t1", 2)));

        Assert.Equal(Result("t1", attemptOfTheOther), File.ReadAllBytes(path));
        Assert.Empty(_volume.Quarantined());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_volume.Volume.ResultsDir, SharedVolume.Incoming)));
    }

    [Fact]
    public async Task What_cannot_count_any_more_is_moved_aside_for_a_result()
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        SharedVolume.Publish(_volume.Volume.ResultPath("t1"), Result("t1", attempt: 1));
        SharedVolume.Publish(_volume.Volume.ResultPath("t2"), "garbage"u8);
        _volume.Place(NewTask("t1", "fail", new { until_attempt = 2 }, t => t with { Attempt = 2 }));
        _volume.Place(NewTask("t2", "fail", new { until_attempt = 1 }));
        await Until(() => _volume.Quarantined().Count == 2, "two files in quarantine");
        Assert.Equal(2, (await _volume.ResultAsync("t1")).Attempt);
        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("t2")).Status);
        Assert.Equal(["not_json", "stale_attempt"], _volume.Quarantined().Select(q => q.Reason).Order());
    }

    [Fact]
    public async Task The_lease_of_a_running_task_is_renewed()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, ("Worker:LeaseDuration", "00:00:00.300"));
        _volume.Place("t1", "sleep", new { seconds = 60 });
        var path = _volume.Volume.ActivePath(Worker, "t1");
        await Until(() => File.Exists(path), "the claim");
        for (var i = 0; i < 3; i++)
        {
            var before = File.GetLastWriteTimeUtc(path);
            await Until(() => File.GetLastWriteTimeUtc(path) > before, "a renewal");
        }
        File.Delete(path);
    }

    [Fact]
    public async Task On_shutdown_a_task_that_is_nearly_done_is_finished()
    {
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var worker = await WorkerHost.StartAsync(_volume, s => s.AddSingleton<IAgent>(new ScriptedAgent(async (_, _) =>
        {
            begun.SetResult();
            await go.Task;
            return Done;
        })));
        _volume.Place("t1", "scripted", new { });
        await begun.Task.WaitAsync(Patience);

        var stopping = new TaskCompletionSource();
        using var registration = worker.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        var stop = worker.StopAsync();
        await stopping.Task.WaitAsync(Patience);
        _volume.Place("t2", "scripted", new { });
        go.SetResult();
        await stop;

        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("t1")).Status);
        Assert.True(File.Exists(_volume.Volume.TaskPath(Worker, "t2")), "a worker that stops takes no more tasks");
    }

    [Fact]
    public async Task On_shutdown_a_task_that_takes_longer_is_put_back_as_the_same_attempt()
    {
        _volume.Listen();
        await using var worker = await WorkerHost.StartAsync(_volume, null, ("Worker:DrainGrace", "00:00:00.050"));
        _volume.Place(NewTask("t1", "sleep", new { seconds = 60 }, t => t with { Attempt = 2 }));
        await _volume.LinesUntilAsync(l => l.Status == LineStatus.Started);

        await worker.StopAsync();

        Assert.Equal(2, ProtocolFile.ReadTask(_volume.Volume.TaskPath(Worker, "t1"), Worker).Attempt);
        Assert.False(File.Exists(_volume.Volume.ActivePath(Worker, "t1")));
        Assert.False(File.Exists(_volume.Volume.ResultPath("t1")));
        await _volume.LinesUntilAsync(l => l.Status == LineStatus.Released);
        Assert.Empty(Directory.EnumerateFiles(_volume.Volume.HeartbeatsDir(Worker)));
    }

    private static byte[] Result(string id, int attempt) => JsonSerializer.SerializeToUtf8Bytes(
        new TaskResult
        {
            Id = id,
            Worker = Worker,
            Attempt = attempt,
            Status = ResultStatus.Completed,
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
        },
        ProtocolJson.Default.TaskResult);
}
