using AgentSystem.TelemetryStore.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.TelemetryStore.Health;

/// <summary>Healthy while what arrives can be written.</summary>
internal sealed class StorageHealth(StoreWriter writer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        writer.LastError is { } error
            ? HealthCheckResult.Unhealthy($"the last commit failed: {error}")
            : HealthCheckResult.Healthy($"{writer.Partitions.All.Length} files"));
}
