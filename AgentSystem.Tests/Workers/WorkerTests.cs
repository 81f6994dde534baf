using System.Collections.Concurrent;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Tasks;
using Microsoft.Extensions.DependencyInjection;
using static AgentSystem.Tests.Workers.TestVolume;

namespace AgentSystem.Tests.Workers;

public sealed class WorkerTests : IDisposable
{
    private static readonly JsonElement Done = JsonSerializer.SerializeToElement(new { done = true });
    private readonly TestVolume _volume = new();

    public void Dispose() => _volume.Dispose();



    [Fact]
    public async Task A_task_file_becomes_a_result_and_the_lines_tell_its_story()
    {
        _volume.Listen();
        await using var worker = await WorkerHost.StartAsync(_volume);

        _volume.Place("t1", "process_document", new { text = "# Title\n\nThe worker claims a task by renaming its file. Whoever wins the rename has the task." });

        var result = await _volume.ResultAsync("t1");
        Assert.Equal(ResultStatus.Completed, result.Status);
        Assert.Equal("Title", result.Output!.Value.GetProperty("source").GetProperty("title").GetString());
        Assert.Contains("rename", result.Output.Value.GetProperty("summary").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_volume.Volume.TaskPath(Worker, "t1")));

        var lines = await _volume.LinesUntilAsync(l => l.Status == LineStatus.Completed);
        Assert.Equal([LineStatus.Claimed, LineStatus.Started], lines.Take(2).Select(l => l.Status));
        Assert.All(lines, l => Assert.NotEmpty(l.Traceparent));
    }

    [Fact]
    public async Task Waiting_tasks_are_done_by_priority_then_age()
    {
        var (gate, order) = (new TaskCompletionSource(), new ConcurrentQueue<string>());
        await using var worker = await WorkerHost.StartAsync(
            _volume,
            s => s.AddSingleton<IAgent>(new ScriptedAgent(async (context, _) =>
            {
                order.Enqueue(context.Task.Id);
                if (context.Task.Id == "gate")
                    await gate.Task;
                return Done;
            })),
            ("Worker:Concurrency", "1"));
        _volume.Place("gate", "scripted", new { });
        await Until(() => order.Count == 1, "the first task");
        TaskPriority[] priorities = [TaskPriority.Low, TaskPriority.Normal, TaskPriority.Critical, TaskPriority.High, TaskPriority.Normal];
        for (var i = 0; i < priorities.Length; i++)
        {
            var (priority, age) = (priorities[i], i);
            _volume.Place(NewTask($"t{i}", "scripted", new { }, t => t with { Priority = priority, CreatedAt = t.CreatedAt.AddSeconds(-age) }));
        }
        var ready = worker.Services.GetRequiredService<ReadyTasks>();
        await Until(() => Enumerable.Range(0, priorities.Length).All(i => ready.Contains($"t{i}")), "all tasks to be seen");

        gate.SetResult();
        await Until(() => order.Count == priorities.Length + 1, "all tasks");
        Assert.Equal("gate t2 t3 t4 t1 t0", string.Join(' ', order));
    }

    [Fact]
    public async Task Two_workers_on_one_folder_do_each_task_once()
    {
        var runs = new ConcurrentDictionary<string, int>();
        void Script(IServiceCollection s) => s.AddSingleton<IAgent>(new ScriptedAgent((context, _) =>
        {
            runs.AddOrUpdate(context.Task.Id, 1, (_, n) => n + 1);
            return Task.FromResult(Done);
        }));
        await using var first = await WorkerHost.StartAsync(_volume, Script);
        await using var second = await WorkerHost.StartAsync(_volume, Script);

        for (var i = 0; i < 200; i++)
            _volume.Place($"t{i}", "scripted", new { });

        for (var i = 0; i < 200; i++)
            await _volume.ResultAsync($"t{i}");
        Assert.Equal(200, runs.Count);
        Assert.All(runs, r => Assert.Equal(1, r.Value));
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_is_a_failure()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, s => s.AddSingleton<IAgent>(new ScriptedAgent((_, _) =>
            Task.FromResult(JsonElement.Parse("[\"\\ud800\"]")))));
        _volume.Place("t1", "scripted", new { });
        Assert.Equal("invalid_output", (await _volume.ResultAsync("t1")).Error!.Type);
    }

    [Fact]
    public async Task Without_a_reader_of_the_pipe_work_goes_on_and_the_lost_lines_are_counted()
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        _volume.Place("t1", "sleep", new { seconds = 0 });

        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("t1")).Status);
        await Until(() => Metric(worker, "pipe_connection_errors_total{worker=\"marie\",error_type=\"no_reader\"}").Result == "3", "three lost lines");
    }

    [Theory]
    [InlineData("nonsense", "unknown_task_type", false)]
    [InlineData("fail", "simulated", true)]
    public async Task A_task_that_cannot_be_done_fails_with_its_reason(string type, string error, bool retryable)
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        _volume.Place("t1", type, new { });

        var result = await _volume.ResultAsync("t1");
        Assert.Equal((ResultStatus.Failed, error, retryable, 1), (result.Status, result.Error!.Type, result.Error.Retryable, result.Error.Attempt));
        Assert.Null(result.Output);
    }

    [Fact]
    public async Task An_unknown_task_type_is_told_which_ones_there_are()
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        _volume.Place("t1", "nonsense", new { });
        Assert.Contains("document_analysis, fail, process_document, sleep, summarize", (await _volume.ResultAsync("t1")).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payload_may_ask_for_an_agent_and_an_unknown_one_is_refused()
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        _volume.Place("t1", "sleep", new { seconds = 0, agent = "simulate" });
        _volume.Place("t2", "sleep", new { seconds = 0, agent = "nobody" });
        _volume.Place("t3", "sleep", new { seconds = 0, agent = "offline" });

        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("t1")).Status);
        Assert.Equal("unknown_agent", (await _volume.ResultAsync("t2")).Error!.Type);
        Assert.Equal("unknown_task_type", (await _volume.ResultAsync("t3")).Error!.Type);
    }

    [Fact]
    public async Task An_exception_of_the_agent_is_a_failure_worth_another_attempt()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, s => s.AddSingleton<IAgent>(
            new ScriptedAgent((_, _) => throw new InvalidOperationException("out of luck"))));
        _volume.Place("t1", "scripted", new { });

        var error = (await _volume.ResultAsync("t1")).Error!;
        Assert.Equal(("agent_error", true), (error.Type, error.Retryable));
        Assert.Contains("out of luck", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_or_passes_fails_the_task_for_good()
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        _volume.Place(NewTask("past", "sleep", new { seconds = 0 }, t => t with { Deadline = DateTimeOffset.UtcNow.AddSeconds(-1) }));
        _volume.Place(NewTask("soon", "sleep", new { seconds = 60 }, t => t with { Deadline = DateTimeOffset.UtcNow.AddMilliseconds(300) }));

        foreach (var id in new[] { "past", "soon" })
        {
            var error = (await _volume.ResultAsync(id)).Error!;
            Assert.Equal(("deadline_exceeded", false), (error.Type, error.Retryable));
        }
    }

    [Fact]
    public async Task A_result_that_is_too_large_is_a_failure_and_not_a_broken_file()
    {
        var huge = JsonSerializer.SerializeToElement(new string('x', ProtocolLimits.ResultFileBytes + 1));
        await using var worker = await WorkerHost.StartAsync(_volume, s => s.AddSingleton<IAgent>(new ScriptedAgent((_, _) => Task.FromResult(huge))));
        _volume.Place("t1", "scripted", new { });
        Assert.Equal("result_too_large", (await _volume.ResultAsync("t1")).Error!.Type);
    }

    [Fact]
    public async Task A_failing_task_succeeds_from_the_attempt_that_it_names()
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        _volume.Place(NewTask("t1", "fail", new { until_attempt = 3, error = "flaky" }, t => t with { Attempt = 2 }));
        Assert.Equal("flaky", (await _volume.ResultAsync("t1")).Error!.Type);
        _volume.Place(NewTask("t2", "fail", new { until_attempt = 3 }, t => t with { Attempt = 3 }));
        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("t2")).Status);
    }

    [Fact]
    public async Task The_heartbeat_says_who_works_on_how_much_and_grows()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, ("Worker:HeartbeatInterval", "00:00:00.100"), ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=marie-1"));
        _volume.Place("t1", "sleep", new { seconds = 60 });

        var path = _volume.Volume.HeartbeatPath(Worker, "marie-1");
        await Until(() => File.Exists(path), "the first beat");
        WorkerHeartbeat Read() => ProtocolFile.Read(path, 1 << 16, ProtocolJson.Default.WorkerHeartbeat);
        var first = Read();
        await Until(() => Read() is { Active: 1 } beat && beat.Sequence > first.Sequence + 1, "a later beat with one task");
        Assert.Equal(("marie", 4, false), (first.Worker, first.Concurrency, first.Draining));
        Assert.Contains("document_analysis", first.Types);
        File.Delete(_volume.Volume.ActivePath(Worker, "t1"));
    }

    private static async Task<string?> Metric(WorkerHost worker, string series) =>
        (await worker.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n')
            .FirstOrDefault(l => l.StartsWith(series, StringComparison.Ordinal))?.Split(' ')[1];
}
