using System.Net.ServerSentEvents;
using System.Runtime.Versioning;
using System.Text;
using AgentSystem.Orchestrator.Api;
using AgentSystem.Orchestrator.Status;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Orchestrator;

[UnsupportedOSPlatform("windows")]
public sealed class StatusTests
{
    [Fact]
    public async Task Progress_is_shown_and_a_line_is_never_believed_against_the_files()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var claimed = await app.ClaimAsync(task);
        await app.ReachesAsync(task.Id, TaskState.Active);
        using var pipe = new StatusPipeWriter(app.Volume.PipePath(task.Worker));
        Write(pipe, claimed, LineStatus.Completed);
        Write(pipe, claimed, LineStatus.Failed);
        Write(pipe, claimed, LineStatus.Released);
        Write(pipe, claimed, LineStatus.Progress, 0.5);
        await OrchestratorApp.UntilAsync(async () => (await app.ShowAsync(task.Id)).Progress == 0.5, () => "the progress");
        Assert.Equal(TaskState.Active, (await app.ShowAsync(task.Id)).State);
        app.Publish(claimed);
        await app.ReachesAsync(task.Id, TaskState.Completed);
    }

    [Fact]
    public async Task Garbage_strangers_and_floods_stop_nothing_and_are_kept()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var claimed = await app.ClaimAsync(task);
        await app.ReachesAsync(task.Id, TaskState.Active);
        using var pipe = new StatusPipeWriter(app.Volume.PipePath(task.Worker));
        pipe.Write("garbage\n"u8);
        pipe.Write(Enumerable.Repeat((byte)'x', 4096).ToArray());
        pipe.Write("xxxx\n"u8);
        pipe.Write([0xFF, 0xFE, 0x00, (byte)'\n']);
        Write(pipe, claimed with { Id = "nobody" }, LineStatus.Progress, 0.1);
        Write(pipe, claimed with { Worker = "stranger" }, LineStatus.Progress, 0.1);
        Write(pipe, claimed, LineStatus.Progress, 0.9);
        await OrchestratorApp.UntilAsync(async () => (await app.ShowAsync(task.Id)).Progress == 0.9, () => "the line after the garbage");
        var kept = await File.ReadAllTextAsync(Path.Combine(app.Volume.QuarantineDir, $"status-{task.Worker}.log"));
        Assert.Contains("garbage", kept, StringComparison.Ordinal);
        Assert.Contains("longer than", kept, StringComparison.Ordinal);
        Assert.Contains("no task with this id", kept, StringComparison.Ordinal);
        Assert.Contains("another worker", kept, StringComparison.Ordinal);
        Assert.Contains("status=\"invalid\"", await app.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("file")]
    [InlineData("empty file")]
    [InlineData("folder")]
    public async Task A_pipe_that_is_deleted_or_replaced_is_read_again(string by)
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var claimed = await app.ClaimAsync(task);
        await app.ReachesAsync(task.Id, TaskState.Active);
        var path = app.Volume.PipePath(task.Worker);
        await OrchestratorApp.UntilAsync(() => Task.FromResult(File.Exists(path)), () => "the pipe");
        File.Delete(path);
        if (by.EndsWith("file", StringComparison.Ordinal))
            await File.WriteAllTextAsync(path, by == "file" ? "not a pipe" : "");
        else if (by == "folder")
            Directory.CreateDirectory(Path.Combine(path, "with something in it"));
        await OrchestratorApp.UntilAsync(async () =>
        {
            app.Get<StatusPipes>().Check();
            using var pipe = new StatusPipeWriter(path);
            if (pipe.Probe() == PipeWriteOutcome.Written)
                Write(pipe, claimed, LineStatus.Progress, 0.7);
            return (await app.ShowAsync(task.Id)).Progress == 0.7;
        }, () => "a line through the new pipe");
    }

    [Fact]
    public async Task Events_can_be_followed_and_resumed()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        await app.ReachesAsync(task.Id, TaskState.Ready);
        var first = await ReadAsync(app, $"/events?after=0&task_id={task.Id}", lastEventId: null, count: 2);
        Assert.Equal(["pending", "ready"], first.Select(e => e.EventType));

        var following = ReadAsync(app, "/events?after=0", first[0].EventId, count: 3);
        app.Publish(await app.ClaimAsync(task), new("broken", "It broke."));
        Assert.Equal("ready", (await following)[0].EventType);
        Assert.Contains(await ReadAsync(app, "/events?after=0", lastEventId: null, count: 4), e => e.EventType == "retrying" || e.EventType == "active");
    }

    [Fact]
    public async Task The_stream_of_events_says_at_once_and_every_now_and_then_that_it_lives()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var response = await app.Http.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        Assert.Equal(":", await lines.ReadLineAsync(patience.Token));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("", await lines.ReadLineAsync(patience.Token));
            var next = lines.ReadLineAsync(patience.Token).AsTask();
            await OrchestratorApp.UntilAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(next.IsCompleted);
            }, () => "a sign of life");
            Assert.Equal(":", await next);
        }
    }

    [Fact]
    public async Task What_happens_at_nearly_the_same_time_is_told_in_one_piece()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var response = await app.Http.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
        var buffer = new byte[100_000];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, ":\n\n".Length), patience.Token);

        var told = stream.ReadAsync(buffer, patience.Token).AsTask();
        TaskView[] tasks = [await app.SubmitAsync(), await app.SubmitAsync()];
        await OrchestratorApp.UntilAsync(() =>
        {
            time.Advance(EventEndpoints.Burst / 10);
            return Task.FromResult(told.IsCompleted);
        }, () => "events");

        var text = Encoding.UTF8.GetString(buffer, 0, await told);
        Assert.All(tasks, task => Assert.Contains(task.Id, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Workers_are_alive_while_their_heartbeats_change()
    {
        using var app = new OrchestratorApp();
        await app.SubmitAsync();
        long sequence = 0;
        await OrchestratorApp.UntilAsync(async () =>
        {
            Beat(app, "marie", ++sequence);
            return (await app.Http.GetStringAsync("/workers/targets")).Contains("127.0.0.1:4567", StringComparison.Ordinal);
        }, () => "marie to be alive");
        Assert.Contains("\"alive\":true", await app.Http.GetStringAsync("/workers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_waits_for_a_worker_that_is_gone_goes_to_one_that_is_there_unless_it_is_pinned()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time);
        var free = await app.SubmitAsync();
        var pinned = await app.SubmitAsync($"\"worker\":\"{free.Worker}\"");
        await app.ReachesAsync(free.Id, TaskState.Ready);
        var other = free.Worker == "marie" ? "anga" : "marie";
        long sequence = 0;
        await OrchestratorApp.UntilAsync(async () =>
        {
            Beat(app, other, ++sequence);
            time.Advance(TimeSpan.FromSeconds(1));
            return (await app.ShowAsync(free.Id)).Worker == other;
        }, () => $"{other} to get the task");
        app.Publish(await app.ClaimAsync(await app.ShowAsync(free.Id)));
        await app.ReachesAsync(free.Id, TaskState.Completed);
        Assert.Equal(free.Worker, (await app.ShowAsync(pinned.Id)).Worker);
    }

    [Fact]
    public async Task A_task_that_was_handed_on_does_not_come_back_to_whoever_waits_for_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time);
        var parent = await app.SubmitAsync("\"worker\":\"marie\"");
        var child = await app.SubmitAsync($"\"parent_id\":\"{parent.Id}\"");
        var stranger = await app.SubmitAsync();
        await OrchestratorApp.UntilAsync(async () => (await app.ShowAsync(stranger.Id)).Worker != "marie" || (stranger = await app.SubmitAsync()) is null, () => "a task that is not marie's");
        long sequence = 0;
        await OrchestratorApp.UntilAsync(async () =>
        {
            // Only marie is there.
            Beat(app, "marie", ++sequence);
            time.Advance(TimeSpan.FromSeconds(1));
            return (await app.ShowAsync(stranger.Id)).Worker == "marie";
        }, () => "marie to get the stranger's task");
        Assert.Equal(child.Worker, (await app.ShowAsync(child.Id)).Worker);
    }

    private static void Beat(OrchestratorApp app, string worker, long sequence) => ProtocolFile.Write(
        app.Volume.HeartbeatPath(worker, "i1"),
        new WorkerHeartbeat(worker, "i1", sequence, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, 4, 0, false, ["summarize"], "http://127.0.0.1:4567"),
        ProtocolJson.Default.WorkerHeartbeat);

    private static async Task<List<SseItem<string>>> ReadAsync(OrchestratorApp app, string path, string? lastEventId, int count)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var response = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync();
        var items = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
        {
            items.Add(item);
            if (items.Count == count)
                break;
        }
        return items;
    }

    private static void Write(StatusPipeWriter pipe, AgentTask task, LineStatus status, double? progress = null) => pipe.Write(new StatusLine
    {
        TaskId = task.Id,
        Worker = task.Worker,
        Attempt = task.Attempt,
        Status = status,
        Progress = progress,
        At = DateTimeOffset.UtcNow,
        Traceparent = task.TraceContext.Traceparent ?? "",
    }.ToBytes());
}
