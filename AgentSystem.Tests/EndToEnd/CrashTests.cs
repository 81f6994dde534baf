using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.EndToEnd;

/// <summary>What the guarantees say: an accepted task is never lost, and it is settled exactly once, whoever dies.</summary>
public sealed class CrashTests(CrashTests.Fixture fixture) : IClassFixture<CrashTests.Fixture>
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(90);

    private RunningSystem System => fixture.System;

    [Fact]
    public async Task A_worker_killed_in_mid_task_loses_nothing()
    {
        var tasks = new List<TaskView>();
        for (var i = 0; i < 12; i++)
            tasks.Add(await System.SubmitAsync(new { type = "sleep", payload = new { seconds = 2 } }));
        var victim = (await Eventually.Get(System.AllTasksAsync, all => all.Any(t => t.State == TaskState.Active), SettleLimit))
            .First(t => t.State == TaskState.Active);

        await System.KillAsync(victim.Worker);

        await System.UntilSettledAsync(SettleLimit);
        await AssertSettledOnceAsync(tasks.Select(t => t.Id));
        Assert.True((await System.GetAsync(victim.Id)).Attempt >= 2, "The killed attempt counts, so the task was tried again.");
    }

    [Fact]
    public async Task The_orchestrator_killed_under_load_loses_no_accepted_task()
    {
        var accepted = new ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var submitters = Enumerable.Range(0, 4).Select(n => SubmitUntilAsync(n, accepted, stop.Token)).ToArray();
        await Eventually.Get(() => Task.FromResult(accepted.Count), count => count >= 100, SettleLimit);

        var before = await System.KillAsync("orchestrator");
        var countAtKill = accepted.Count;

        await Eventually.Get(() => Task.FromResult(System.ProcessId("orchestrator")), pid => pid > 0 && pid != before, SettleLimit);
        await Eventually.Get(() => Task.FromResult(accepted.Count), count => count >= countAtKill + 100, SettleLimit);
        await stop.CancelAsync();
        await Task.WhenAll(submitters);

        await System.UntilSettledAsync(SettleLimit);
        await AssertSettledOnceAsync(accepted);
    }

    [Fact]
    public async Task Everybody_killed_at_once_under_load_loses_nothing_and_settles_nothing_twice()
    {
        var accepted = new ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var submitters = Enumerable.Range(10, 2).Select(n => SubmitUntilAsync(n, accepted, stop.Token)).ToArray();
        await Eventually.Get(() => Task.FromResult(accepted.Count), count => count >= 100, SettleLimit);

        string[] everybody = ["orchestrator", .. RunningSystem.Workers];
        var before = await Task.WhenAll(everybody.Select(System.KillAsync));
        var countAtKill = accepted.Count;

        foreach (var (name, pid) in everybody.Zip(before))
            await Eventually.Get(() => Task.FromResult(System.ProcessId(name)), p => p > 0 && p != pid, SettleLimit);
        await Eventually.Get(() => Task.FromResult(accepted.Count), count => count >= countAtKill + 50, SettleLimit);
        await stop.CancelAsync();
        await Task.WhenAll(submitters);

        await System.UntilSettledAsync(SettleLimit);
        await AssertSettledOnceAsync(accepted);
    }

    [Fact]
    public async Task A_worker_that_sleeps_past_its_lease_neither_settles_nor_spoils_anything_when_it_wakes()
    {
        var task = await System.SubmitAsync(new { type = "sleep", worker = "marie", payload = new { seconds = 1 } });
        await System.UntilAsync(task.Id, t => t.State == TaskState.Active);
        var pid = System.ProcessId("marie");
        await SignalAsync(pid, "STOP");
        try
        {
            await System.UntilAsync(task.Id, t => t.Attempt == 2);
        }
        finally
        {
            await SignalAsync(pid, "CONT");
        }
        var settled = await System.UntilAsync(task.Id, t => t.State.IsSettled());
        Assert.Equal((TaskState.Completed, 2), (settled.State, settled.Attempt));
        await AssertSettledOnceAsync([task.Id]);
        Assert.Equal(2, ProtocolFile.ReadResult(System.Volume.ResultPath(task.Id)).Attempt);
        Assert.Equal("lease_expired", Assert.Single((await System.GetAsync(task.Id)).Errors).Type);
    }

    private static async Task SignalAsync(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>A client as the README has it: an idempotency key per task, and the same request again when the line breaks.</summary>
    private async Task SubmitUntilAsync(int submitter, ConcurrentBag<string> accepted, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var submission = new { type = "document_analysis", idempotency_key = $"load-{submitter}-{i}", payload = new { text = "Short. Work." } };
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var response = await System.Orchestrator.PostAsJsonAsync("/tasks", submission, CancellationToken.None);
                    if (response.IsSuccessStatusCode)
                    {
                        accepted.Add((await response.ReadAsync(ApiJson.Default.TaskView)).Id);
                        break;
                    }
                    Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests]);
                }
                catch (HttpRequestException)
                {
                    // The orchestrator is down; the same key makes trying again safe.
                }
                await Task.Yield();
            }
        }
    }

    private async Task AssertSettledOnceAsync(IEnumerable<string> ids)
    {
        var expected = ids.ToHashSet();
        var missing = expected.ToHashSet();
        var events = await EventLog.ReadAsync(System.Orchestrator, e => e.Event == "completed" && missing.Remove(e.TaskId) && missing.Count == 0, SettleLimit);
        // A marker after everything else shows that no second settlement follows.
        var marker = await System.SubmitAsync(new { type = "document_analysis", payload = new { text = "The end." } });
        await System.UntilAsync(marker.Id, t => t.State.IsSettled());
        events = await EventLog.ReadAsync(System.Orchestrator, e => e.TaskId == marker.Id && e.Event == "completed", SettleLimit);

        var settled = events.Where(e => expected.Contains(e.TaskId) && e.Event is "completed" or "dead" or "cancelled")
            .Where(e => expected.Contains(e.TaskId)).GroupBy(e => e.TaskId).ToList();
        Assert.Equal(expected.Count, settled.Count);
        Assert.All(settled, s => Assert.Equal("completed", Assert.Single(s).Event));
        Assert.All(expected, id => Assert.True(File.Exists(System.Volume.ResultPath(id)), $"{id} has no result file"));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public RunningSystem System { get; private set; } = null!;

        public async Task InitializeAsync() => System = await RunningSystem.StartAsync(Simulation.Enable);

        public async Task DisposeAsync() => await System.DisposeAsync();
    }
}
