namespace AgentSystem.WebConsole.Backends;

/// <summary>
/// Asks a backend that was down when somebody asked it last: on pages that need nothing of it nobody else learns that it is back.
/// </summary>
public sealed class BackendProbe(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Asks, unless somebody else did within the interval; whether it is down now, <see cref="BackendHealth"/> knows.</summary>
    public async Task<Answer<bool>> AskAsync(Backend backend, CancellationToken cancellationToken) =>
        health.HasFailedWithin(backend, Interval) ? false : await new Client(backend, clients, health, time).AskAsync(cancellationToken);

    // A real question to the API, and a small one: a page of health may say that all is well while questions go wrong.
    private static string Question(Backend backend) => backend switch
    {
        Backend.Orchestrator => "workers",
        Backend.Prometheus => "api/v1/query?query=1",
        Backend.Alertmanager => "api/v2/status",
        Backend.Alerting => "incidents?limit=1",
        Backend.Jaeger => "api/services",
        Backend.Loki => "loki/api/v1/labels",
        _ => "resources",
    };

    private sealed class Client(Backend backend, IHttpClientFactory clients, BackendHealth health, TimeProvider time)
        : BackendClient(backend, clients, health, time)
    {
        internal Task<Answer<bool>> AskAsync(CancellationToken cancellationToken) =>
            SendAsync(HttpMethod.Get, Question(Backend), null, (_, _) => Task.FromResult(true), null, cancellationToken);
    }
}
