using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Backends;
using AgentSystem.WebConsole.Tasks;

namespace AgentSystem.Tests.WebConsole.Tasks;

public sealed class BulkActionTests
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, 10).Select(i => $"t{i}")];

    [Fact]
    public async Task What_is_refused_does_not_end_the_rest()
    {
        var outcome = await BulkAction.RunAsync(Ids, (id, _) => Task.FromResult<Answer<TaskView>>(
            id is "t1" or "t7" ? new Problem(Backend.Orchestrator, ProblemKind.Refused, $"Task {id} is completed.", default) : View(id)));

        Assert.Equal("8 cancelled, 2 not: Task t1 is completed.", outcome.Describe("cancelled"));
    }

    [Fact]
    public async Task An_outage_ends_it()
    {
        var asked = 0;
        var outcome = await BulkAction.RunAsync(Ids, (_, _) =>
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult<Answer<TaskView>>(new Problem(Backend.Orchestrator, ProblemKind.Down, "It is gone.", default));
        });

        Assert.Equal(4, asked);
        Assert.Empty(outcome.Done);
        Assert.Equal("0 cancelled, 4 not: It is gone. Not tried: t4, t5, t6, t7, t8, t9.", outcome.Describe("cancelled"));
    }

    [Fact]
    public async Task What_is_chosen_or_let_go_on_the_way_changes_nothing()
    {
        HashSet<string> chosen = [.. Ids];

        var outcome = await BulkAction.RunAsync(chosen, (id, _) =>
        {
            chosen.Clear();
            chosen.Add($"new {id}");
            return Task.FromResult<Answer<TaskView>>(View(id));
        });

        Assert.Equal(Ids, outcome.Done);
    }

    [Theory]
    [InlineData(1, "1 replayed.")]
    [InlineData(10, "10 replayed.")]
    public async Task What_went_well_is_said_in_a_word(int count, string text) =>
        Assert.Equal(text, (await BulkAction.RunAsync(Ids[..count], (id, _) => Task.FromResult<Answer<TaskView>>(View(id)))).Describe("replayed"));

    private static TaskView View(string id) => new()
    {
        Id = id,
        Type = "t",
        Priority = TaskPriority.Normal,
        State = TaskState.Cancelled,
        Worker = "marie",
        Attempt = 1,
        MaxAttempts = 3,
        CreatedAt = default,
    };
}
