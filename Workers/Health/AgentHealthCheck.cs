using AgentSystem.Workers.Agents;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.Workers.Health;

/// <summary>Whether the worker's own agent can work.</summary>
public sealed class AgentHealthCheck(AgentSelector agents) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var own = agents.Agents[0];
        return Task.FromResult(own.Problem is { } problem
            ? HealthCheckResult.Unhealthy($"the agent '{own.Name}' cannot work: {problem}")
            : HealthCheckResult.Healthy($"the agent '{own.Name}' can do {string.Join(", ", own.TaskTypes)}"));
    }
}
