using AgentSystem.Protocol;
using AgentSystem.Workers.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Health;

/// <summary>Whether the shared volume can be written to and renamed in, and has room. Without it nothing can be done.</summary>
public sealed class FilesystemHealthCheck(SharedVolume volume, WorkerIdentity identity, IOptions<WorkerOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        try
        {
            // The way that every file of the protocol goes: written aside, then moved to another folder of the volume.
            var name = $".probe-{identity.Instance}-{Guid.NewGuid():N}";
            var written = Path.Combine(volume.TasksDir(identity.Worker), SharedVolume.Incoming, name);
            var moved = Path.Combine(volume.ActiveDir(identity.Worker), name);
            File.WriteAllBytes(written, [0]);
            File.Move(written, moved);
            File.Delete(moved);

            var free = new DriveInfo(volume.Root).AvailableFreeSpace;
            return free < options.Value.MinFreeBytes
                ? HealthCheckResult.Unhealthy($"{free >> 20:N0} MiB are free in {volume.Root}; at least {options.Value.MinFreeBytes >> 20:N0} are needed. Make room.")
                : HealthCheckResult.Healthy($"{volume.Root} can be written to; {free >> 20:N0} MiB are free");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return HealthCheckResult.Unhealthy($"{volume.Root} cannot be used: {e.Message}", e);
        }
    }
}
