using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents;

/// <summary>
/// Chooses the agent for a task: the one that the payload's field <c>agent</c> asks for, else the worker's own (<c>Worker:Agent</c>), else
/// any that can do the type.
/// </summary>
public sealed class AgentSelector
{
    private readonly IReadOnlyList<IAgent> _agents;

    public AgentSelector(IEnumerable<IAgent> agents, IOptions<WorkerOptions> options)
    {
        var own = options.Value.Agent;
        _agents = [.. agents.OrderBy(a => a.Name != own)];
        if (_agents.Count == 0 || _agents[0].Name != own)
            throw new OptionsValidationException(nameof(WorkerOptions), typeof(WorkerOptions), [$"Worker:Agent is '{own}', but the agents are {Names}."]);
    }

    /// <summary>Every task type that this worker can do, sorted.</summary>
    public IReadOnlyList<string> TaskTypes => [.. _agents.SelectMany(a => a.TaskTypes).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The agents, the worker's own first.</summary>
    public IReadOnlyList<IAgent> Agents => _agents;

    private string Names => string.Join(", ", _agents.Select(a => $"'{a.Name}'"));

    /// <summary>The agent for <paramref name="task"/>.</summary>
    /// <exception cref="AgentException"><c>unknown_task_type</c> or <c>unknown_agent</c>, never worth another attempt.</exception>
    public IAgent Select(AgentTask task)
    {
        var candidates = _agents;
        if (task.Payload.TryGetProperty("agent", out var wanted))
        {
            candidates = wanted.ValueKind == JsonValueKind.String ? [.. _agents.Where(a => a.Name == wanted.GetString())] : [];
            if (candidates.Count == 0)
                throw new AgentException("unknown_agent", $"The payload asks for the agent {wanted.GetRawText()}; '{task.Worker}' has {Names}.");
        }
        return candidates.FirstOrDefault(a => a.TaskTypes.Contains(task.Type))
            ?? throw new AgentException(
                "unknown_task_type",
                $"'{task.Type}' is no task type of '{task.Worker}'; it has {string.Join(", ", candidates.SelectMany(a => a.TaskTypes).Distinct().Order(StringComparer.Ordinal))}.");
    }
}
