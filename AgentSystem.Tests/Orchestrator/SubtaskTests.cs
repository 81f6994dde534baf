using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Orchestrator;

public sealed class SubtaskTests
{
    [Fact]
    public async Task A_task_handed_in_by_another_belongs_to_it_and_goes_to_somebody_else()
    {
        using var app = new OrchestratorApp();
        var parent = await app.SubmitAsync("\"worker\":\"marie\"");
        var child = await app.SubmitAsync($"\"parent_id\":\"{parent.Id}\"");
        Assert.Equal(parent.Id, (await app.ShowAsync(child.Id)).ParentId);
        Assert.NotEqual("marie", child.Worker);
        var children = (await app.Http.GetFromJsonAsync($"/tasks?parent={parent.Id}", ApiJson.Default.TaskPage))!;
        Assert.Equal(child.Id, Assert.Single(children.Tasks).Id);
    }

    [Fact]
    public async Task A_row_of_tasks_has_an_end()
    {
        using var app = new OrchestratorApp(settings: ("Orchestrator:Subtasks:MaxDepth", "2"));
        var first = await app.SubmitAsync("\"worker\":\"marie\"");
        var second = await app.SubmitAsync($"\"worker\":\"anga\",\"parent_id\":\"{first.Id}\"");
        await RefusedAsync(app, $"\"worker\":\"fabien\",\"parent_id\":\"{second.Id}\"", "marie -> anga), which is the most");
    }

    [Fact]
    public async Task A_circle_is_refused_also_when_the_worker_is_ours_to_choose()
    {
        using var app = new OrchestratorApp(settings: ("Orchestrator:Subtasks:MaxDepth", "5"));
        var first = await app.SubmitAsync("\"worker\":\"marie\"");
        var second = await app.SubmitAsync($"\"worker\":\"anga\",\"parent_id\":\"{first.Id}\"");
        await RefusedAsync(app, $"\"worker\":\"marie\",\"parent_id\":\"{first.Id}\"", "marie -> marie");
        await RefusedAsync(app, $"\"worker\":\"marie\",\"parent_id\":\"{second.Id}\"", "marie -> anga -> marie");
        var third = await app.SubmitAsync($"\"parent_id\":\"{second.Id}\"");
        Assert.Equal("fabien", third.Worker);
        await RefusedAsync(app, $"\"parent_id\":\"{third.Id}\"", "circle");
    }

    [Fact]
    public async Task One_task_hands_in_only_so_many_also_in_one_batch()
    {
        using var app = new OrchestratorApp(settings: ("Orchestrator:Subtasks:MaxPerTask", "2"));
        var parent = await app.SubmitAsync();
        var one = $$"""{"type":"summarize","payload":{"text":"x"},"parent_id":"{{parent.Id}}"}""";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.PostAsync("/tasks", $"[{one},{one},{one}]")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await app.PostAsync("/tasks", $"[{one},{one}]")).StatusCode);
        await RefusedAsync(app, $"\"parent_id\":\"{parent.Id}\"", "handed in 2 tasks already");
    }

    [Fact]
    public async Task A_parent_that_is_not_there_or_over_hands_nothing_in()
    {
        using var app = new OrchestratorApp();
        var parent = await app.SubmitAsync();
        await app.PostAsync($"/tasks/{parent.Id}/cancel", "");
        await RefusedAsync(app, $"\"parent_id\":\"{parent.Id}\"", "is cancelled and hands nothing in");
        await RefusedAsync(app, "\"parent_id\":\"nobody\"", "there is no task nobody");
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync("/tasks", """{"type":"summarize","payload":{},"parent_id":"a b"}""")).StatusCode);
    }

    [Fact]
    public async Task What_was_handed_on_is_cancelled_with_the_task_that_did_and_what_is_done_stays_done()
    {
        using var app = new OrchestratorApp(settings: ("Orchestrator:Subtasks:MaxDepth", "3"));
        var parent = await app.SubmitAsync("\"worker\":\"marie\"");
        var done = await app.SubmitAsync($"\"worker\":\"anga\",\"parent_id\":\"{parent.Id}\"");
        app.Publish(await app.ClaimAsync(done));
        await app.ReachesAsync(done.Id, TaskState.Completed);
        var child = await app.SubmitAsync($"\"worker\":\"anga\",\"parent_id\":\"{parent.Id}\"");
        var grandchild = await app.SubmitAsync($"\"worker\":\"fabien\",\"parent_id\":\"{child.Id}\"");
        var active = app.Volume.ActivePath(grandchild.Worker, grandchild.Id);
        await app.ClaimAsync(grandchild);

        await app.PostAsync($"/tasks/{parent.Id}/cancel", "");

        foreach (var id in new[] { parent.Id, child.Id, grandchild.Id })
            Assert.Equal(TaskState.Cancelled, (await app.ShowAsync(id)).State);
        Assert.Equal(TaskState.Completed, (await app.ShowAsync(done.Id)).State);
        await OrchestratorApp.UntilAsync(() => Task.FromResult(!File.Exists(active)), () => "the grandchild's file to be taken away");
    }

    [Fact]
    public async Task Somebody_who_waits_for_a_task_hears_of_its_end_at_once()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        Assert.Equal(TaskState.Ready, (await WaitAsync(app, (await app.ReachesAsync(task.Id, TaskState.Ready)).Id, "0.05")).State);
        var waiting = WaitAsync(app, task.Id, "60");
        var begun = Stopwatch.StartNew();
        await app.PostAsync($"/tasks/{task.Id}/cancel", "");
        Assert.Equal(TaskState.Cancelled, (await waiting).State);
        Assert.InRange(begun.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Http.GetAsync($"/tasks/{task.Id}?wait=61")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Http.GetAsync($"/tasks/{task.Id}?wait=-1")).StatusCode);
    }

    private static async Task<TaskView> WaitAsync(OrchestratorApp app, string id, string seconds) =>
        (await app.Http.GetFromJsonAsync($"/tasks/{id}?wait={seconds}", ApiJson.Default.TaskView))!;

    private static async Task RefusedAsync(OrchestratorApp app, string fields, string complaint)
    {
        var answer = await app.PostAsync("/tasks", $$"""{"type":"summarize","payload":{"text":"x"},{{fields}}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(complaint, System.Text.RegularExpressions.Regex.Unescape(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }
}
