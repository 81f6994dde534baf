using System.Net;
using System.Net.Http.Json;
using System.Text;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Orchestrator;

/// <summary>JSON that the grammar allows and that breaks those who trust it: it is refused where it comes in and stops nothing.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class HostileJsonTests
{
    private const string Half = "\\ud800";

    [Theory]
    [InlineData("{\"type\":\"\\ud800\",\"payload\":{\"text\":\"x\"}}")]
    [InlineData("{\"type\":\"summarize\",\"payload\":{\"text\":\"\\ud800\"}}")]
    [InlineData("{\"type\":\"summarize\",\"payload\":{\"path\":\"/\\udc00\"}}")]
    [InlineData("{\"type\":\"summarize\",\"payload\":{\"\\ud800\":1,\"\\ud800\":2}}")]
    [InlineData("{\"\\ud800\":1,\"type\":\"summarize\",\"payload\":{}}")]
    [InlineData("{\"type\":\"summarize\",\"idempotency_key\":\"a\\u0000b\",\"payload\":{}}")]
    [InlineData("{\"id\":\"a\\u0000\",\"type\":\"summarize\",\"payload\":{}}")]
    [InlineData("{\"type\":\"summarize\",\"payload\":{\"path\":\"/etc/\\u0000\"}}")]
    [InlineData("{\"type\":\"summarize\",\"type\":\"summarize\",\"payload\":{}}")]
    [InlineData("{\"type\":\"summarize\",\"payload\":{\"a\":1,\"\\u0061\":2}}")]
    [InlineData("{\"type\":\"summarize\",\"max_attempts\":1e999,\"payload\":{}}")]
    [InlineData("{\"type\":\"summarize\",\"max_attempts\":99999999999999999999999999,\"payload\":{}}")]
    [InlineData("{\"type\":\"summarize\",\"deadline\":\"9999-12-31T23:59:59-14:00\",\"payload\":{}}")]
    [InlineData("\"\\udfff\"")]
    public async Task Such_a_body_is_a_clear_400(string body)
    {
        using var app = new OrchestratorApp();
        using var response = await app.PostAsync("/tasks", body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(0, app.Get<AgentSystem.Orchestrator.Journal.TaskJournal>().Counts.Unsettled);
    }

    [Fact]
    public async Task A_payload_as_deep_as_is_accepted_can_live_and_die()
    {
        using var app = new OrchestratorApp();
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync("/tasks", Deep(100_000))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync("/tasks", Deep(62))).StatusCode);
        using var response = await app.PostAsync("/tasks", Deep(61));
        var task = await response.Content.ReadFromJsonAsync(ApiJson.Default.TaskView);
        app.Publish(await app.ClaimAsync(task!), new("broken", "It broke.", Retryable: false));
        await app.ReachesAsync(task!.Id, TaskState.Dead);
        await OrchestratorApp.UntilAsync(() => Task.FromResult(File.Exists(app.Volume.DeadPath(task.Id))), () => "the dead letter");
        var dead = ProtocolFile.Read(app.Volume.DeadPath(task.Id), ProtocolLimits.ResultFileBytes, ProtocolJson.Default.DeadTask);
        Assert.Equal(task.Id, dead.Task.Id);
    }

    [Fact]
    public async Task A_huge_number_in_a_payload_is_kept_as_it_was_written()
    {
        using var app = new OrchestratorApp();
        using var response = await app.PostAsync("/tasks", """{"type":"summarize","payload":{"text":"a\u0000b","n":1e99999,"m":123456789012345678901234567890}}""");
        var task = await response.Content.ReadFromJsonAsync(ApiJson.Default.TaskView);
        var claimed = await app.ClaimAsync(task!);
        Assert.Equal("1e99999", claimed.Payload.GetProperty("n").GetRawText());
        Assert.Equal("123456789012345678901234567890", claimed.Payload.GetProperty("m").GetRawText());
        Assert.Equal("a\0b", (await app.ShowAsync(task!.Id)).Payload!.Value.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("\"output\":{\"summary\":\"\\ud800\"}", "not_text")]
    [InlineData("\"output\":{},\"x\\udc00\":1", "not_text")]
    [InlineData("\"output\":1e999,\"attempt\":1e999", "invalid_field")]
    public async Task A_hostile_result_goes_to_quarantine_and_costs_an_attempt(string fields, string reason)
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        var claimed = await app.ClaimAsync(task);
        var json = $$"""{"id":"{{task.Id}}","worker":"{{task.Worker}}","attempt":1,"status":"completed","started_at":"2026-01-01T00:00:00Z","finished_at":"2026-01-01T00:00:00Z",{{fields}}}""";
        SharedVolume.Publish(app.Volume.ResultPath(task.Id), Encoding.UTF8.GetBytes(json));
        await app.QuarantinedAsync(reason);
        app.Publish(await app.ClaimAsync(task, attempt: 2));
        await app.ReachesAsync(task.Id, TaskState.Completed);
        Assert.Equal(1, claimed.Attempt);
    }

    [Fact]
    public async Task An_output_as_deep_as_a_result_may_be_can_be_shown()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        await app.ClaimAsync(task);
        var output = string.Concat(Enumerable.Repeat("[", 63)) + string.Concat(Enumerable.Repeat("]", 63));
        var json = $$"""{"id":"{{task.Id}}","worker":"{{task.Worker}}","attempt":1,"status":"completed","started_at":"2026-01-01T00:00:00Z","finished_at":"2026-01-01T00:00:00Z","output":{{output}}}""";
        SharedVolume.Publish(app.Volume.ResultPath(task.Id), Encoding.UTF8.GetBytes(json));
        Assert.Equal(output, (await app.ReachesAsync(task.Id, TaskState.Completed)).Output!.Value.GetRawText());
    }

    [Fact]
    public async Task A_hostile_status_line_changes_nothing()
    {
        using var app = new OrchestratorApp();
        var task = await app.SubmitAsync();
        await app.ClaimAsync(task);
        await app.ReachesAsync(task.Id, TaskState.Active);
        using var pipe = new StatusPipeWriter(app.Volume.PipePath(task.Worker));
        string Line(string fields) => $$"""{"task_id":"{{task.Id}}","worker":"{{task.Worker}}","status":"progress","at":"2026-01-01T00:00:00Z",{{fields}}}""" + "\n";
        pipe.Write(Encoding.UTF8.GetBytes(Line($"\"message\":\"{Half}\",\"progress\":0.1")));
        pipe.Write(Encoding.UTF8.GetBytes(Line("\"progress\":1e999")));
        pipe.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", 4000)) + "\n"));
        pipe.Write(Encoding.UTF8.GetBytes(Line("\"message\":\"a\\u0000b\",\"progress\":0.6")));
        await OrchestratorApp.UntilAsync(async () => (await app.ShowAsync(task.Id)).Progress == 0.6, () => "the line after the hostile ones");
        Assert.Equal("a\0b", (await app.ShowAsync(task.Id)).Message);
    }

    private static string Deep(int depth) =>
        "{\"type\":\"summarize\",\"payload\":" + string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth);
}
