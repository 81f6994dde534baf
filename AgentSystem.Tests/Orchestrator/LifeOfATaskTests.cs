using System.Net;
using System.Net.Http.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Orchestrator;

public sealed class LifeOfATaskTests
{
    private static readonly TaskError Broken = new("broken", "It broke.");

    [Fact]
    public async Task A_task_is_placed_claimed_and_settled_with_its_output()
    {
        using var app = new OrchestratorApp();
        await OrchestratorApp.UntilAsync(
            async () => (await app.Http.GetStringAsync("/metrics")).Contains("task_completed_total{worker=\"fabien\",task_type=\"summarize\"} 0", StringComparison.Ordinal),
            () => "counters at zero before the first task");
        var claimed = await app.ClaimAsync(await app.SubmitAsync());
        Assert.NotNull((await app.ReachesAsync(claimed.Id, TaskState.Active)).StartedAt);
        app.Publish(claimed);
        var done = await app.ReachesAsync(claimed.Id, TaskState.Completed);
        Assert.Equal("short", done.Output!.Value.GetProperty("summary").GetString());
        Assert.Equal(done.CorrelationId, claimed.TraceContext.TraceId);
        var metrics = await app.Http.GetStringAsync("/metrics");
        Assert.Contains($"task_completed_total{{worker=\"{claimed.Worker}\",task_type=\"summarize\"}} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("task_queue_wait_seconds_count", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_attempt_is_followed_by_another_until_the_task_is_dead()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync("\"max_attempts\":2");
        app.Publish(await app.ClaimAsync(task), Broken);
        var second = await app.ClaimAsync(task, attempt: 2);
        Assert.NotNull(second.PreviousAttempt);
        app.Publish(second, Broken);
        var dead = await app.ReachesAsync(task.Id, TaskState.Dead);
        Assert.Equal([1, 2], dead.Errors.Select(e => e.Attempt));
        var path = app.Volume.DeadPath(task.Id);
        await OrchestratorApp.UntilAsync(() => Task.FromResult(File.Exists(path)), () => path);
        Assert.Equal(2, ProtocolFile.Read(path, 1 << 20, ProtocolJson.Default.DeadTask).Errors.Count);
        Assert.Single((await app.Http.GetFromJsonAsync("/dead", ApiJson.Default.TaskPage))!.Tasks);
    }

    [Fact]
    public async Task What_cannot_succeed_is_not_tried_again()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        app.Publish(await app.ClaimAsync(task), Broken with { Retryable = false });
        Assert.Equal(1, (await app.ReachesAsync(task.Id, TaskState.Dead)).Attempt);
    }

    [Fact]
    public async Task A_replay_is_a_new_task_with_the_same_content()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync("\"max_attempts\":1");
        await SubmissionTests.ProblemAsync(await app.PostAsync($"/tasks/{task.Id}/replay", ""), 409);
        app.Publish(await app.ClaimAsync(task), Broken);
        await app.ReachesAsync(task.Id, TaskState.Dead);
        var response = await app.PostAsync($"/tasks/{task.Id}/replay", "");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var replay = (await response.Content.ReadFromJsonAsync(ApiJson.Default.TaskView))!;
        Assert.Equal(task.Id, replay.ReplayOf);
        app.Publish(await app.ClaimAsync(replay));
        await app.ReachesAsync(replay.Id, TaskState.Completed);
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("ready")]
    [InlineData("active")]
    [InlineData("retrying")]
    public async Task A_task_can_be_cancelled_wherever_it_is(string where)
    {
        using var app = new OrchestratorApp(settings: [("Orchestrator:Window", "1"), ("Orchestrator:RetryBaseDelay", "01:00:00"), ("Orchestrator:RetryMaxDelay", "01:00:00")]);
        var task = await app.SubmitAsync("\"worker\":\"marie\"");
        AgentTask? claimed = null;
        if (where == "pending")
        {
            await app.ReachesAsync(task.Id, TaskState.Ready);
            task = await app.SubmitAsync("\"worker\":\"marie\"");
        }
        if (where == "ready")
            await app.ReachesAsync(task.Id, TaskState.Ready);
        if (where is "active" or "retrying")
        {
            claimed = await app.ClaimAsync(task);
            await app.ReachesAsync(task.Id, TaskState.Active);
        }
        if (where == "retrying")
        {
            app.Publish(claimed!, Broken);
            await app.ReachesAsync(task.Id, TaskState.Retrying);
        }

        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"/tasks/{task.Id}/cancel", "")).StatusCode);
        Assert.Equal(TaskState.Cancelled, (await app.ShowAsync(task.Id)).State);
        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync($"/tasks/{task.Id}/cancel", "")).StatusCode);
        await OrchestratorApp.UntilAsync(
            () => Task.FromResult(!File.Exists(app.Volume.TaskPath("marie", task.Id)) && !File.Exists(app.Volume.ActivePath("marie", task.Id))), () => "its files to go");
        if (where == "active")
        {
            app.Publish(claimed!);
            await app.QuarantinedAsync("stale_attempt");
            Assert.Equal(TaskState.Cancelled, (await app.ShowAsync(task.Id)).State);
        }
    }

    [Fact]
    public async Task A_settled_task_cannot_be_cancelled()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        app.Publish(await app.ClaimAsync(task));
        await app.ReachesAsync(task.Id, TaskState.Completed);
        await SubmissionTests.ProblemAsync(await app.PostAsync($"/tasks/{task.Id}/cancel", ""), 409);
    }

    [Fact]
    public async Task A_result_counts_once_and_a_stale_one_never()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var first = await app.ClaimAsync(task);
        app.Publish(first, Broken);
        var second = await app.ClaimAsync(task, attempt: 2);
        app.Publish(second, attempt: 1);
        await app.QuarantinedAsync("stale_attempt");
        SharedVolume.Publish(app.Volume.ResultPath("stranger"), "{}"u8);
        await app.QuarantinedAsync("invalid_field");
        app.Publish(second);
        await app.ReachesAsync(task.Id, TaskState.Completed);
        app.Publish(second);
        var other = await app.SubmitAsync();
        app.Publish(await app.ClaimAsync(other));
        await app.ReachesAsync(other.Id, TaskState.Completed);
        var events = AppEvents(app, task.Id);
        Assert.Single(events, e => e.Event == "completed");
    }

    [Fact]
    public async Task A_result_of_nobody_goes_to_quarantine()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var claimed = await app.ClaimAsync(task);
        app.Publish(claimed with { Id = "nobody" });
        await app.QuarantinedAsync("unknown_task");
    }

    [Fact]
    public async Task An_unreadable_result_goes_to_quarantine_and_counts_as_a_failed_attempt()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        await app.ClaimAsync(task);
        await app.ReachesAsync(task.Id, TaskState.Active);
        SharedVolume.Publish(app.Volume.ResultPath(task.Id), "{\"id\":"u8);
        await app.QuarantinedAsync("not_json");
        await app.ClaimAsync(task, attempt: 2);
        Assert.Equal("bad_result", (await app.ShowAsync(task.Id)).Errors.Single().Type);
    }

    [Fact]
    public async Task A_file_that_vanishes_is_placed_again_and_in_the_end_given_up()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync("\"max_attempts\":2");
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await app.ClaimAsync(task, attempt);
            File.Delete(app.Volume.ActivePath(task.Worker, task.Id));
        }
        Assert.All((await app.ReachesAsync(task.Id, TaskState.Dead)).Errors, e => Assert.Equal("file_missing", e.Type));
    }

    [Fact]
    public async Task A_released_task_is_ready_again_with_the_same_attempt()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        await app.ClaimAsync(task);
        await app.ReachesAsync(task.Id, TaskState.Active);
        SharedVolume.TryMove(app.Volume.ActivePath(task.Worker, task.Id), app.Volume.TaskPath(task.Worker, task.Id));
        await app.ReachesAsync(task.Id, TaskState.Ready);
        app.Publish(await app.ClaimAsync(task));
        await app.ReachesAsync(task.Id, TaskState.Completed);
    }

    [Fact]
    public async Task A_file_that_nobody_accepted_goes_to_quarantine()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var claimed = await app.ClaimAsync(task);
        ProtocolFile.Write(app.Volume.TaskPath("marie", "smuggled"), claimed with { Id = "smuggled", Worker = "marie" }, ProtocolJson.Default.AgentTask);
        await app.QuarantinedAsync("unknown_task");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("{\"id\": \"stray\", ", "not_json")]
    [InlineData("{\"v\": 99}", "unknown_version")]
    public async Task A_file_that_nobody_accepted_and_that_cannot_be_read_says_what_is_wrong_with_it(string content, string reason)
    {
        using var app = new OrchestratorApp();
        await app.SubmitAsync();
        File.WriteAllText(app.Volume.TaskPath("marie", "stray"), content);
        await app.QuarantinedAsync(reason);
    }

    [Fact]
    public async Task Late_urgent_tasks_overtake_those_that_wait_in_the_journal()
    {
        using var app = new OrchestratorApp(settings: ("Orchestrator:Window", "1"));
        var first = await app.SubmitAsync("\"worker\":\"marie\"");
        await app.ReachesAsync(first.Id, TaskState.Ready);
        foreach (var priority in new[] { "low", "normal", "critical", "high" })
            await app.SubmitAsync($"\"worker\":\"marie\",\"id\":\"{priority}\",\"priority\":\"{priority}\"");
        app.Publish(await app.ClaimAsync(first));
        foreach (var next in new[] { "critical", "high", "normal", "low" })
            app.Publish(await app.ClaimAsync(first with { Id = next }));
    }

    [Fact]
    public async Task A_claim_without_a_sign_of_life_expires_and_its_late_result_is_stale()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time);
        var task = await app.SubmitAsync();
        var claimed = await app.ClaimAsync(task);
        await app.ReachesAsync(task.Id, TaskState.Active);
        for (var renewal = 0; renewal < 5; renewal++)
        {
            File.SetLastWriteTimeUtc(app.Volume.ActivePath(task.Worker, task.Id), DateTime.UtcNow.AddSeconds(renewal));
            time.Advance(TimeSpan.FromSeconds(5));
            await OrchestratorApp.UntilAsync(async () => (await app.ShowAsync(task.Id)).State == TaskState.Active, () => "a renewed claim to hold");
        }
        await OrchestratorApp.UntilAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return (await app.ShowAsync(task.Id)).Attempt == 2;
        }, () => "the lease to expire");
        Assert.Equal("lease_expired", (await app.ShowAsync(task.Id)).Errors.Single().Type);
        app.Publish(claimed);
        await app.QuarantinedAsync("stale_attempt");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_dies_at_its_deadline(bool active)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time);
        var task = await app.SubmitAsync($"\"deadline\":\"{time.GetUtcNow().AddSeconds(5):O}\"");
        await app.ReachesAsync(task.Id, TaskState.Ready);
        if (active)
        {
            await app.ClaimAsync(task);
            await app.ReachesAsync(task.Id, TaskState.Active);
        }
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("deadline_exceeded", (await app.ReachesAsync(task.Id, TaskState.Dead)).Errors.Single().Type);
        await OrchestratorApp.UntilAsync(
            () => Task.FromResult(!File.Exists(app.Volume.TaskPath(task.Worker, task.Id)) && !File.Exists(app.Volume.ActivePath(task.Worker, task.Id))), () => "its files to go");
    }

    private static IReadOnlyList<TaskEvent> AppEvents(OrchestratorApp app, string id) =>
        app.Get<AgentSystem.Orchestrator.Journal.TaskJournal>().Queries.EventsAfter(0, id, 100);
}
