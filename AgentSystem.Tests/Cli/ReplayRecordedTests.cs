using System.Text.Json;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Cli;

public sealed class ReplayRecordedTests
{
    [Fact]
    public async Task A_recorded_replay_is_a_new_task_that_plays_the_recording()
    {
        await using var server = await FakeOrchestrator.StartAsync();
        server.Put(FakeOrchestrator.NewTask("T1", TaskState.Completed) with { Payload = JsonSerializer.SerializeToElement(new { text = "x", agent = "anthropic" }) });

        var run = await CliRun.AgainstAsync(server, "replay", "--recorded", "T1");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        var task = Assert.Single(server.Submissions);
        Assert.Equal(("document_analysis", "marie", 1), (task.GetProperty("type").GetString(), task.GetProperty("worker").GetString(), task.GetProperty("max_attempts").GetInt32()));
        Assert.Equal("""{"text":"x","agent":"recorded","recording":"T1"}""", task.GetProperty("payload").GetRawText());
    }

    [Fact]
    public async Task The_replay_of_a_replay_plays_the_first_recording()
    {
        await using var server = await FakeOrchestrator.StartAsync();
        server.Put(FakeOrchestrator.NewTask("T2", TaskState.Completed) with { Payload = JsonSerializer.SerializeToElement(new { agent = "recorded", recording = "T1" }) });
        await CliRun.AgainstAsync(server, "replay", "--recorded", "T2");
        Assert.Equal("T1", Assert.Single(server.Submissions).GetProperty("payload").GetProperty("recording").GetString());
    }

    [Fact]
    public async Task What_is_not_settled_or_not_there_is_refused()
    {
        await using var server = await FakeOrchestrator.StartAsync();
        server.Put(FakeOrchestrator.NewTask("T1", TaskState.Active));
        Assert.Equal(ExitCode.Refused, (await CliRun.AgainstAsync(server, "replay", "--recorded", "T1")).ExitCode);
        Assert.Equal(ExitCode.NotFound, (await CliRun.AgainstAsync(server, "replay", "--recorded", "T9")).ExitCode);
        Assert.Empty(server.Submissions);
    }
}
