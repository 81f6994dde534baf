using AgentSystem.Orchestrator.Journal;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.Orchestrator.Health;

/// <summary>Whether the journal commits.</summary>
internal sealed class JournalHealth(TaskJournal journal) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await journal.RunAsync(_ => true).WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy($"commits; {journal.Counts.Unsettled} tasks unsettled");
        }
        catch (JournalException e)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }
}
