using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.Workers.Health;

/// <summary>
/// Whether the orchestrator answers. A worker goes on with what lies in its folder while it is away, so its absence degrades and does
/// not stop.
/// </summary>
public sealed class OrchestratorHealthCheck(IHttpClientFactory clients, IConfiguration configuration) : IHealthCheck
{
    /// <summary>Name of the HTTP client, and of the service in service discovery.</summary>
    public const string Service = "orchestrator";

    // Shorter than the retries of the client: whoever asks for health wants an answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!configuration.GetSection($"services:{Service}").Exists())
            return HealthCheckResult.Healthy("no address is configured (services__orchestrator__http__0); the shared volume is enough");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await clients.CreateClient(Service).GetAsync(new Uri("/alive", UriKind.Relative), patience.Token);
            return response.IsSuccessStatusCode
                ? HealthCheckResult.Healthy("the orchestrator answers")
                : HealthCheckResult.Degraded($"the orchestrator answers {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Degraded($"the orchestrator does not answer: {e.Message}", e);
        }
    }
}
