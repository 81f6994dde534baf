using System.Globalization;
using System.Runtime.InteropServices;
using AgentSystem.Protocol;
using AgentSystem.Tests.Support;
using AgentSystem.Tests.Workers;
using AgentSystem.Workers.Chaos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Chaos;

/// <summary>What a worker does to itself while an order says so, and that nothing of it is left afterwards.</summary>
public sealed class WorkerFaultTests : IDisposable
{
    private static readonly (string, string) Enabled = ("Chaos:Enabled", "true");

    private readonly TestVolume _volume = new();

    public void Dispose() => _volume.Dispose();

    [Fact]
    public async Task A_slow_agent_takes_longer_and_is_let_go_when_the_fault_ends()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, Enabled);
        Order("slow-agent", ("seconds", "3600"));
        await BeginsAsync(worker, w => w.GetRequiredService<SlowAgent>().BeforeAsync(CancellationToken.None).IsCompleted == false);
        _volume.Place("a", "sleep", new { seconds = 0 });
        await TestVolume.Until(() => File.Exists(_volume.Volume.ActivePath(TestVolume.Worker, "a")), "the claim");

        Assert.False(File.Exists(_volume.Volume.ResultPath("a")));
        File.Delete(_volume.Volume.ChaosPath("slow-agent"));
        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("a")).Status);
    }

    [Fact]
    public async Task A_stuck_attempt_ends_with_the_fault_whose_time_is_over_though_nobody_says_so()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, Enabled);
        Order("stuck-task");
        await BeginsAsync(worker, w => w.GetRequiredService<StuckTask>().BeforeAsync(CancellationToken.None).IsCompleted == false);
        _volume.Place("a", "sleep", new { seconds = 0 });
        await TestVolume.Until(() => File.Exists(_volume.Volume.ActivePath(TestVolume.Worker, "a")), "the claim");

        // From now on it is as if the order had held for so long from the beginning.
        Order("stuck-task", TimeSpan.FromSeconds(1));

        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("a")).Status);
        Assert.True(File.Exists(_volume.Volume.ChaosPath("stuck-task")));
    }

    [Fact]
    public async Task A_failing_agent_fails_so_that_another_attempt_may_help()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, Enabled);
        Order("failing-agent", ("share", "1"));
        await BeginsAsync(worker, w => Throws(() => w.GetRequiredService<FailingAgent>().BeforeAsync(CancellationToken.None)));
        _volume.Place("a", "sleep", new { seconds = 0 });

        var error = (await _volume.ResultAsync("a")).Error!;
        Assert.Equal(("injected", true), (error.Type, error.Retryable));
    }

    [Fact]
    public async Task An_error_of_the_model_takes_the_way_of_a_real_one()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, Enabled);
        Order("claude-errors", ("error", "authentication_error"), ("share", "1"));
        await BeginsAsync(worker, w => Throws(w.GetRequiredService<ClaudeErrors>().BeforeCall));
        _volume.Place("calls", "sleep", new { seconds = 0, model_seconds = 0 });
        _volume.Place("calls-not", "sleep", new { seconds = 0 });

        var error = (await _volume.ResultAsync("calls")).Error!;
        Assert.Equal(("authentication_error", false), (error.Type, error.Retryable));
        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("calls-not")).Status);
        var metrics = await worker.Client.GetStringAsync("/metrics");
        Assert.Contains("claude_api_errors_total{error_type=\"overloaded\"} 0", metrics, StringComparison.Ordinal);
        Assert.Matches("claude_api_errors_total\\{error_type=\"auth\"\\} [1-9]", metrics);
    }

    [Fact]
    public async Task Lost_lines_are_counted_as_sent_and_arrive_nowhere()
    {
        _volume.Listen();
        await using var worker = await WorkerHost.StartAsync(_volume, null, Enabled);
        Order("dropped-lines");
        await BeginsAsync(worker, w => w.GetRequiredService<DroppedLines>().LosesLines);
        _volume.Place("lost", "sleep", new { seconds = 0 });
        await _volume.ResultAsync("lost");
        Assert.Contains("pipe_messages_sent_total{worker=\"marie\",status=\"completed\"} 1", await worker.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);

        File.Delete(_volume.Volume.ChaosPath("dropped-lines"));
        await BeginsAsync(worker, w => !w.GetRequiredService<DroppedLines>().LosesLines);
        _volume.Place("told", "sleep", new { seconds = 0 });
        Assert.All(await _volume.LinesUntilAsync(line => line.Status == LineStatus.Completed), line => Assert.Equal("told", line.TaskId));
    }

    [Fact]
    public async Task A_skewed_clock_is_wrong_by_that_much_and_right_again_afterwards()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, Enabled);
        Order("clock-skew", ("seconds", "-90"));
        await BeginsAsync(worker, _ => Heartbeat() is { TotalSeconds: > 80 and < 100 });

        File.Delete(_volume.Volume.ChaosPath("clock-skew"));
        await BeginsAsync(worker, _ => Heartbeat() is { TotalSeconds: < 20 });

        // The file is replaced with each heartbeat, and not there before the first.
        TimeSpan? Heartbeat() => Directory.GetFiles(_volume.Volume.HeartbeatsDir(TestVolume.Worker), "*.json") is [var file]
            ? DateTimeOffset.UtcNow - ProtocolFile.Read(file, 1 << 16, ProtocolJson.Default.WorkerHeartbeat).At
            : null;
    }

    [Fact]
    public async Task Memory_is_really_used_and_given_back()
    {
        using var hog = new MemoryHog();
        hog.Begin(NewOrder("memory-hog", null, ("megabytes", "256")));

        await Eventually.True(() => hog.Blocks.Count == (256 << 20) / MemoryHog.BlockBytes);
        Assert.All(hog.Blocks, block =>
        {
            for (var page = 0; page < MemoryHog.BlockBytes; page += MemoryHog.PageBytes)
                Assert.Equal(1, Marshal.ReadByte(block, page));
        });
        hog.End();
        Assert.Empty(hog.Blocks);
    }

    [Fact]
    public async Task Processors_are_really_used_and_given_back()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var burner = new CpuBurner();
        burner.Begin(NewOrder("cpu-burner", null, ("threads", "1")));

        // In ticks of 10 ms, and of these threads alone.
        await Eventually.True(() => TicksOf("cpu-burner 0").Sum() > 20);
        burner.End();
        await Eventually.True(() => !TicksOf("cpu-burner 0").Any());

        static IEnumerable<long> TicksOf(string thread)
        {
            foreach (var task in Directory.GetDirectories("/proc/self/task"))
            {
                string stat;
                try
                {
                    stat = File.ReadAllText(Path.Combine(task, "stat"));
                }
                catch (IOException)
                {
                    continue; // it has just ended
                }
                if (stat.Contains($"({thread})", StringComparison.Ordinal))
                    yield return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11], CultureInfo.InvariantCulture);
            }
        }
    }

    [Fact]
    public async Task A_crash_loop_ends_after_so_many_times_whoever_counts()
    {
        var deaths = new Deaths();
        var order = NewOrder("crash-loop", null, ("every", "0.5"), ("times", "2"));
        await using (await StartAsync(deaths))
        {
            Write(order);
            await Eventually.True(() => deaths.Count == 1);
        }

        // The next ones have a clock of the test's, so that it is sure that their time has come.
        foreach (var count in (int[])[2, 2])
        {
            var time = new FakeTimeProvider();
            using var loop = new CrashLoop(_volume.Volume, deaths, time);
            loop.Begin(order);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(count, deaths.Count);
        }
        Assert.Equal(2, new FileInfo(_volume.Volume.CrashesPath("crash-loop")).Length);
    }

    [Fact]
    public async Task A_worker_that_is_to_be_down_dies_and_starts_no_sooner_than_that_is_over()
    {
        var deaths = new Deaths();
        await using (await StartAsync(deaths))
        {
            Write(NewOrder("worker-down") with { Worker = TestVolume.Worker });
            await Eventually.True(() => deaths.Count == 1);
        }

        var starting = StartAsync(deaths);
        // Another one, which began to start later, is there.
        await using (await WorkerHost.StartAsync(_volume, null, Enabled, ("WORKER_NAME", "anga")))
            Assert.False(starting.IsCompleted);
        File.Delete(_volume.Volume.ChaosPath("worker-down"));
        await using var worker = await starting;
        Assert.Equal(1, deaths.Count);
    }

    [Fact]
    public async Task Orders_for_another_worker_and_what_is_none_change_nothing()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, Enabled);
        File.WriteAllText(_volume.Volume.ChaosPath("nonsense"), "{\"id\":");
        Write(NewOrder("failing-agent", null, ("share", "1")) with { Worker = "anga" });
        Order("dropped-lines");
        await BeginsAsync(worker, w => w.GetRequiredService<DroppedLines>().LosesLines);

        _volume.Place("a", "sleep", new { seconds = 0 });
        Assert.Equal(ResultStatus.Completed, (await _volume.ResultAsync("a")).Status);
    }

    [Fact]
    public async Task A_worker_that_may_not_be_harmed_does_not_even_have_the_means()
    {
        await using var worker = await WorkerHost.StartAsync(_volume);

        Assert.Null(worker.Services.GetService<FailingAgent>());
        Assert.Same(TimeProvider.System, worker.Services.GetRequiredService<TimeProvider>());
    }

    private Task<WorkerHost> StartAsync(Deaths deaths) => WorkerHost.StartAsync(
        _volume, services => services.AddSingleton(deaths).AddSingleton<IDeath>(deaths), Enabled);

    private void Order(string fault, params (string Name, string Value)[] parameters) => Write(NewOrder(fault, null, parameters));

    private void Order(string fault, TimeSpan duration) => Write(NewOrder(fault, duration));

    private void Write(FaultOrder order) => ProtocolFile.Write(_volume.Volume.ChaosPath(order.Id), order, ProtocolJson.Default.FaultOrder);

    private static FaultOrder NewOrder(string fault, TimeSpan? duration = null, params (string Name, string Value)[] parameters) =>
        new(fault, fault, null, DateTimeOffset.UtcNow + (duration ?? TimeSpan.FromMinutes(5)), parameters.ToDictionary(p => p.Name, p => p.Value));

    private static Task BeginsAsync(WorkerHost worker, Func<IServiceProvider, bool> condition) => Eventually.True(() => condition(worker.Services));

    private static bool Throws(Action act) => Record.Exception(act) is not null;

    private static bool Throws(Func<Task> act) => Throws(() => { act(); });

    private sealed class Deaths : IDeath
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Die() => Interlocked.Increment(ref _count);
    }
}
