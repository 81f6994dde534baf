using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>What came of doing the same with many tasks.</summary>
/// <param name="Done">How often it was done.</param>
/// <param name="Problems">What was said in its place, with the task's id.</param>
public sealed record BulkOutcome(int Done, IReadOnlyList<(string Id, Problem Problem)> Problems)
{
    /// <summary>In a sentence.</summary>
    /// <param name="done">What was done, for example <c>cancelled</c>.</param>
    public string Describe(string done) => (Done, Problems.Count) switch
    {
        (_, 0) => $"{Done} {done}.",
        (0, 1) => Problems[0].Problem.Text,
        _ => $"{Done} {done}, {Problems.Count} not: {Problems[0].Problem.Text}",
    };
}

/// <summary>Does the same with many tasks, a few at a time.</summary>
public static class BulkAction
{
    private const int AtOnce = 4;

    /// <summary>Goes on where one is refused, and ends where the orchestrator does not answer.</summary>
    public static async Task<BulkOutcome> RunAsync(
        IReadOnlyCollection<string> ids, Func<string, CancellationToken, Task<Answer<TaskView>>> action, CancellationToken cancellationToken = default)
    {
        var answers = new List<(string Id, Answer<TaskView> Answer)>();
        foreach (var few in ids.Chunk(AtOnce))
        {
            answers.AddRange(await Task.WhenAll(few.Select(async id => (id, await action(id, cancellationToken)))));
            if (answers.Exists(a => a.Answer.Problem is { Kind: ProblemKind.Down }))
                break;
        }
        return new(answers.Count(a => a.Answer.IsData), [.. answers.Where(a => !a.Answer.IsData).Select(a => (a.Id, a.Answer.Problem!))]);
    }
}
