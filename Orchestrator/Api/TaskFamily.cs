using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Journal;
using AgentSystem.Protocol.Api;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Api;

/// <summary>
/// Keeps agents that hand tasks to each other from doing so for ever: a row of tasks has a greatest length, and no worker stands in it twice, since two that
/// hand the same work to each other would never do it. How many tasks one hands in is counted where they are accepted.
/// </summary>
internal sealed class TaskFamily(TaskJournal journal, IOptions<OrchestratorOptions> options)
{
    private readonly int _maxDepth = options.Value.Subtasks.MaxDepth;

    /// <summary>The workers that stand in the row above this submission, the nearest first; none when no task hands it in.</summary>
    /// <exception cref="SubmissionRejectedException">There is no such parent, it is over, or the row is too long.</exception>
    internal IReadOnlyList<string> ChainOf(Submission submission, int index)
    {
        if (submission.ParentId is not { } parentId)
            return [];
        var chain = journal.Queries.Ancestors(parentId, _maxDepth);
        if (chain.Count == 0)
            throw Refuse(index, $"there is no task {parentId} that could hand this one in");
        if (chain[0].State.IsSettled())
            throw Refuse(index, $"task {parentId} is {chain[0].State.ToName()} and hands nothing in any more");
        if (chain.Count >= _maxDepth)
            throw Refuse(index, $"{_maxDepth} tasks stand in a row already ({Row(chain.Select(t => t.Worker))}), which is the most; do it in task {parentId} itself, or raise Orchestrator:Subtasks:MaxDepth");
        return [.. chain.Select(t => t.Worker)];
    }

    /// <summary>The worker, or every worker for the type, stands in the row already.</summary>
    internal static SubmissionRejectedException Circle(int index, IReadOnlyList<string> chain, string worker) =>
        Refuse(index, $"the task would go in a circle: {Row(chain)} -> {worker}; ask a worker that is not waiting in this row");

    private static string Row(IEnumerable<string> nearestFirst) => string.Join(" -> ", nearestFirst.Reverse());

    private static SubmissionRejectedException Refuse(int index, string why) => new(index, SubmissionRejection.Subtask, why);
}
