using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Backends;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>What came of doing the same with many tasks.</summary>
/// <param name="Done">The tasks that it was done with.</param>
/// <param name="Problems">What was said in its place, with the task's id.</param>
/// <param name="NotTried">The tasks that it did not come to.</param>
public sealed record BulkOutcome(IReadOnlyList<string> Done, IReadOnlyList<(string Id, Problem Problem)> Problems, IReadOnlyList<string> NotTried)
{
    /// <summary>In a sentence.</summary>
    /// <param name="done">What was done, for example <c>cancelled</c>.</param>
    public string Describe(string done)
    {
        var tried = (Done.Count, Problems.Count) switch
        {
            (var count, 0) => $"{count} {done}.",
            (0, 1) => Problems[0].Problem.Text,
            var (count, problems) => $"{count} {done}, {problems} not: {Problems[0].Problem.Text}",
        };
        return NotTried.Count == 0 ? tried : $"{tried} Not tried: {string.Join(", ", NotTried)}.";
    }
}

/// <summary>Does the same with many tasks, a few at a time.</summary>
public static class BulkAction
{
    private const int AtOnce = 4;

    /// <summary>Goes on where one is refused, and ends where the orchestrator does not answer.</summary>
    public static async Task<BulkOutcome> RunAsync(
        IReadOnlyCollection<string> ids, Func<string, CancellationToken, Task<Answer<TaskView>>> action, CancellationToken cancellationToken = default)
    {
        // What is chosen may change on the way.
        string[] all = [.. ids];
        var answers = new List<(string Id, Answer<TaskView> Answer)>();
        foreach (var few in all.Chunk(AtOnce))
        {
            answers.AddRange(await Task.WhenAll(few.Select(async id => (id, await action(id, cancellationToken)))));
            if (answers.Exists(a => a.Answer.Problem is { Kind: ProblemKind.Down }))
                break;
        }
        return new([.. answers.Where(a => a.Answer.IsData).Select(a => a.Id)], [.. answers.Where(a => !a.Answer.IsData).Select(a => (a.Id, a.Answer.Problem!))], all[answers.Count..]);
    }
}
