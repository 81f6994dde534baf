using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents;

/// <summary>
/// Chooses the agent for a task: the one that the payload's field <c>agent</c> asks for, else the worker's own (<c>Worker:Agent</c>), else
/// any that can do the type; and the one that stands in where it fails (<c>Claude:Fallback:Agents</c>).
/// </summary>
public sealed class AgentSelector
{
    // What is wrong with the agent or with what it depends on, and not with the task.
    private static readonly string[] NotTheTask =
        ["rate_limited", "overloaded", "auth", "timeout", "network", "budget_exceeded", "budget_unavailable", "agent_missing"];

    private readonly IReadOnlyList<IAgent> _agents;
    private readonly IReadOnlyList<AbsentAgent> _absent;
    private readonly IReadOnlyList<string> _chain;

    public AgentSelector(IEnumerable<IAgent> agents, IEnumerable<AbsentAgent> absent, IOptions<WorkerOptions> options, IOptions<ClaudeOptions> claude)
    {
        var own = options.Value.Agent;
        _agents = [.. agents.OrderBy(a => a.Name != own)];
        _absent = [.. absent];
        _chain = claude.Value.Fallback.Agents;
        if (_agents.Count == 0 || _agents[0].Name != own)
            throw new OptionsValidationException(
                nameof(WorkerOptions), typeof(WorkerOptions), [$"Worker:Agent is '{own}', but the agents are {Names}.{Hint(own)}"]);
        if (_chain.FirstOrDefault(name => _agents.All(a => a.Name != name) && _absent.All(a => a.Name != name)) is { } unknown)
            throw new OptionsValidationException(
                nameof(ClaudeOptions), typeof(ClaudeOptions), [$"Claude:Fallback:Agents names '{unknown}', but the agents are {Names}."]);
    }

    /// <summary>Every task type that this worker can do, sorted.</summary>
    public IReadOnlyList<string> TaskTypes => [.. Unasked.SelectMany(a => a.TaskTypes).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The agents, the worker's own first.</summary>
    public IReadOnlyList<IAgent> Agents => _agents;

    private IEnumerable<IAgent> Unasked => _agents.Where(a => !a.OnRequestOnly);

    private string Names => string.Join(", ", _agents.Select(a => $"'{a.Name}'"));

    /// <summary>The agent for <paramref name="task"/>.</summary>
    /// <exception cref="AgentException"><c>unknown_task_type</c> or <c>unknown_agent</c>, never worth another attempt.</exception>
    public IAgent Select(AgentTask task)
    {
        IReadOnlyList<IAgent> candidates = [.. Unasked];
        if (Wanted(task) is { } wanted)
        {
            var name = wanted.ValueKind == JsonValueKind.String ? wanted.GetString() : null;
            candidates = [.. _agents.Where(a => a.Name == name)];
            if (candidates.Count == 0)
                throw new AgentException(
                    "unknown_agent", $"The payload asks for the agent {wanted.GetRawText()}; '{task.Worker}' has {Names}.{Hint(name)}");
        }
        return candidates.FirstOrDefault(a => a.TaskTypes.Contains(task.Type))
            ?? throw new AgentException(
                "unknown_task_type",
                $"'{task.Type}' is no task type of '{task.Worker}'; it has {string.Join(", ", candidates.SelectMany(a => a.TaskTypes).Distinct().Order(StringComparer.Ordinal))}.");
    }

    /// <summary>
    /// The agent that takes over when those that were <paramref name="tried"/> could not do the task; null when another attempt, or nobody, has to.
    /// Who asks for an agent by name gets that one or none.
    /// </summary>
    public IAgent? StandIn(AgentTask task, IReadOnlyCollection<string> tried, AgentException error)
    {
        if (!NotTheTask.Contains(error.ErrorType) || Wanted(task) is not null)
            return null;
        return _chain.Except(tried)
            .Select(name => _agents.FirstOrDefault(a => a.Name == name && a.TaskTypes.Contains(task.Type)))
            .FirstOrDefault(a => a is not null);
    }

    private static JsonElement? Wanted(AgentTask task) => task.Payload.TryGetProperty("agent", out var wanted) ? wanted : null;

    private string Hint(string? name) => _absent.FirstOrDefault(a => a.Name == name) is { } absent ? $" '{name}' needs {absent.Remedy}." : "";
}
