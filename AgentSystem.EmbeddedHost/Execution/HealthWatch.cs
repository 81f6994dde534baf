using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Execution;

/// <summary>Asks a running resource's health checks again and again, and announces it as ready when all of them are content for the first time.</summary>
internal sealed class HealthWatch(
    HealthCheckService health, ResourceNotificationService notifications, IDistributedApplicationEventing eventing, IServiceProvider services, TimeProvider time)
{
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhileUnhealthy = TimeSpan.FromMilliseconds(250);

    public static ImmutableArray<HealthReportSnapshot> NotAskedYet(IResource resource) => [.. Checks(resource).Select(check => new HealthReportSnapshot(check, null, null, null))];

    /// <summary>Watches until cancelled; once ready is enough for a resource without checks. Each report is told of, as a replica may have come that does not know the last one.</summary>
    public async Task WatchAsync(IResource resource, CancellationToken cancellationToken)
    {
        var checks = Checks(resource);
        var ready = false;
        try
        {
            await notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.Running, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                var reports = await AskAsync(checks, cancellationToken).ConfigureAwait(false);
                if (checks.Length > 0)
                    await notifications.PublishUpdateAsync(resource, s => s with { HealthReports = reports }).ConfigureAwait(false);
                var healthy = reports.All(report => report.Status == HealthStatus.Healthy);
                if (healthy && !ready)
                {
                    ready = true;
                    var told = eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
                    await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    await notifications.PublishUpdateAsync(resource, s => s with { Ready = told }).ConfigureAwait(false);
                }

                if (checks.Length == 0)
                    return;
                await Task.Delay(healthy ? WhileHealthy : WhileUnhealthy, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The resource does not run any more.
        }
    }

    private async Task<ImmutableArray<HealthReportSnapshot>> AskAsync(string[] checks, CancellationToken cancellationToken)
    {
        var report = await health.CheckHealthAsync(registration => checks.Contains(registration.Name), cancellationToken).ConfigureAwait(false);
        return
        [
            .. checks.Select(check => report.Entries.TryGetValue(check, out var entry)
                ? new HealthReportSnapshot(check, entry.Status, entry.Description, entry.Exception?.Message) { LastRunAt = time.GetUtcNow().UtcDateTime }
                : new HealthReportSnapshot(check, HealthStatus.Unhealthy, "There is no health check of this name. Add it to the AppHost's health checks.", null)),
        ];
    }

    private static string[] Checks(IResource resource) => [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).Distinct()];
}
