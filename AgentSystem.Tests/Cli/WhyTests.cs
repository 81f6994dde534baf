using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Tests.Cli;

public sealed class WhyTests : IAsyncLifetime
{
    private FakeOrchestrator _server = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeOrchestrator.StartAsync();
        _server.Explanations["T1"] = Explained;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private static TaskExplanation Explained => new()
    {
        TaskId = "T1",
        Type = "summarize",
        Worker = "marie",
        State = TaskState.Completed,
        Attempt = 2,
        Headline = "Took 41.2 s, 3.1 times the usual: 35.0 s of it waiting for marie, who was busy with 4 other tasks",
        From = DateTimeOffset.UnixEpoch,
        To = DateTimeOffset.UnixEpoch.AddSeconds(41.2),
        WallSeconds = 41.2,
        Parts =
        [
            new(TimePart.Queue, 0, 0, null), new(TimePart.Slot, 35, 0.85, "marie was busy with 4 other tasks"), new(TimePart.Agent, 6.2, 0.15, "offline [beta]"),
        ],
        Failures = [new(FailureSource.Attempt, "marie", 1, "broken", "It \u001b[31mbroke.", DateTimeOffset.UnixEpoch, null)],
        Unusual = [new("wait", 35, 5, 6, 40, "Until it was first claimed it waited 35.0 s: 7 times the median")],
        Coincided = [new("running", 7, null, "marie worked on 7 other tasks", ["A", "B"])],
        CorrelationId = "0af7651916cd43dd8448eb211c80319c",
        TraceIds = ["0af7651916cd43dd8448eb211c80319c", "1bf7651916cd43dd8448eb211c80319c"],
        Sources = [new("journal", EvidenceStatus.Used, "8 events"), new("logs", EvidenceStatus.Unavailable, "Loki did not answer within 3 s.")],
        Notes = ["The clock of marie is ahead."],
    };

    [Fact]
    public async Task Why_tells_people_where_the_time_went_and_what_else_there_was()
    {
        var run = await CliRun.AgainstAsync(_server, "why", "T1");

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(Explained.Headline, run.Out, StringComparison.Ordinal);
        Assert.Matches(@"waiting for a slot\s+35\.0 s\s+85\.0 %\s+█{27}\s+marie was busy with 4 other tasks", run.Out);
        Assert.Matches(@"agent\s+6\.2 s\s+15\.0 %\s+█{5}\s+offline \[beta\]", run.Out);
        Assert.DoesNotContain("in the queue", run.Out, StringComparison.Ordinal);
        foreach (var part in (string[])["marie, attempt 1 failed with broken: It", "7 times the median", "marie worked on 7 other tasks (A, B, …)",
            "The clock of marie is ahead.", "logs: Loki did not answer within 3 s.", "Trace id 0af7651916cd43dd8448eb211c80319c",
            "Traces of later attempts: 1bf7651916cd43dd8448eb211c80319c"])
            Assert.Contains(part, run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Out);
    }

    [Fact]
    public async Task Why_gives_programs_the_answer_as_it_is()
    {
        var run = await CliRun.AgainstAsync(_server, "why", "T1", "--json");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal((35, "slot"), (run.Json.GetProperty("parts")[1].GetProperty("seconds").GetInt32(), run.Json.GetProperty("parts")[1].GetProperty("part").GetString()));
        Assert.Equal("unavailable", run.Json.GetProperty("sources")[1].GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("T404", ExitCode.NotFound)]
    [InlineData("../dead", ExitCode.Usage)]
    public async Task Why_ends_as_the_other_commands_do(string id, int exitCode)
    {
        var run = await CliRun.AgainstAsync(_server, "why", id);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Out));
    }
}
