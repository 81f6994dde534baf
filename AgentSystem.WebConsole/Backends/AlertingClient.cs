using AgentSystem.Protocol.Api;

namespace AgentSystem.WebConsole.Backends;

/// <summary>The alerting service's API.</summary>
public sealed class AlertingClient(IHttpClientFactory clients, BackendHealth health, TimeProvider time)
    : BackendClient(Backend.Alerting, clients, health, time)
{
    /// <summary>Incidents, newest first.</summary>
    /// <param name="query">As <c>GET /incidents</c> has it, for example <c>state=open</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<Answer<IncidentList>> IncidentsAsync(string query, CancellationToken cancellationToken = default) =>
        GetAsync($"incidents?{query}", ApiJson.Default.IncidentList, cancellationToken);

    /// <summary>One incident with its timeline.</summary>
    public Task<Answer<Incident>> IncidentAsync(string id, CancellationToken cancellationToken = default) =>
        GetAsync($"incidents/{Uri.EscapeDataString(id)}", ApiJson.Default.Incident, cancellationToken);

    /// <summary>Does something to an incident: <c>acknowledge</c>, <c>assign</c>, <c>resolve</c>, <c>merge</c> or <c>notes</c>.</summary>
    public Task<Answer<Incident>> ActAsync(string id, string verb, IncidentAction action, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Post, $"incidents/{Uri.EscapeDataString(id)}/{verb}", JsonContent.Create(action, ApiJson.Default.IncidentAction), ApiJson.Default.Incident, cancellationToken);

    /// <inheritdoc/>
    protected override string ReadError(string body) => ProblemDetailsText.Of(body);
}
