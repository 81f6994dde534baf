using System.Runtime.Versioning;
using AgentSystem.Orchestrator.Status;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.Orchestrator.Health;

/// <summary>Whether every worker's pipe is read. Without it everything works, only slower.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class PipesHealth(StatusPipes pipes) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(pipes.Broken is { Count: > 0 } broken
            ? HealthCheckResult.Degraded(string.Join("; ", broken.Select(b => $"{b.Key}: {b.Value}")))
            : HealthCheckResult.Healthy("every pipe is read"));
}
