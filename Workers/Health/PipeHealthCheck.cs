using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using AgentSystem.Workers.Status;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.Workers.Health;

/// <summary>Whether somebody reads the status pipe. Work goes on without, only later seen, so its absence degrades and does not stop.</summary>
public sealed class PipeHealthCheck(SharedVolume volume, WorkerIdentity identity, StatusReporter status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var path = volume.PipePath(identity.Worker);
        return Task.FromResult(status.Probe() switch
        {
            PipeWriteOutcome.Written => HealthCheckResult.Healthy($"{path} has a reader"),
            PipeWriteOutcome.NotAPipe => HealthCheckResult.Degraded($"{path} is not a named pipe; remove it, and the orchestrator makes one at its next start"),
            _ when !File.Exists(path) => HealthCheckResult.Degraded($"{path} is not there; the orchestrator makes it when it starts"),
            _ => HealthCheckResult.Degraded($"nobody reads {path}; is the orchestrator running?"),
        });
    }
}
