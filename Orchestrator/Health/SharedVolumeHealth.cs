using AgentSystem.Protocol;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.Orchestrator.Health;

/// <summary>Whether the shared volume can be written.</summary>
internal sealed class SharedVolumeHealth(SharedVolume volume) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var probe = Path.Combine(volume.ResultsDir, SharedVolume.Incoming, $"health.{Guid.NewGuid():N}");
        try
        {
            await File.WriteAllTextAsync(probe, "", cancellationToken);
            File.Delete(probe);
            return HealthCheckResult.Healthy($"{volume.Root} can be written");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return HealthCheckResult.Unhealthy($"{volume.Root} cannot be written: {e.Message}", e);
        }
    }
}
