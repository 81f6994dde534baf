using System.Text.Json;

namespace AgentSystem.Workers.Agents;

/// <summary>Something that does tasks. One instance serves all tasks of the process, several at a time.</summary>
public interface IAgent
{
    /// <summary>The name by which configuration (<c>Worker:Agent</c>) and payloads (<c>agent</c>) choose it.</summary>
    string Name { get; }

    /// <summary>The task types that it can do.</summary>
    IReadOnlyCollection<string> TaskTypes { get; }

    /// <summary>Whether it works only on what asks for it by name.</summary>
    bool OnRequestOnly => false;

    /// <summary>Why it cannot work now, for people and for <c>/health</c>; null when it can. Must be quick and must not cost anything.</summary>
    string? Problem => null;

    /// <summary>Does the task and returns its output.</summary>
    /// <param name="context">The task, and what there is to do it with.</param>
    /// <param name="cancellation">Cancelled when the result is no longer wanted: stop within a second.</param>
    /// <exception cref="AgentException">It cannot be done. Any other exception counts as a fault of the agent, worth another attempt.</exception>
    Task<JsonElement> RunAsync(AgentContext context, CancellationToken cancellation);
}
