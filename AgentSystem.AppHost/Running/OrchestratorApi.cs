namespace AgentSystem.AppHost.Running;

/// <summary>How programs and people get to the orchestrator's API in this run.</summary>
internal sealed class OrchestratorApi(EndpointReference endpoint, ParameterResource apiKey)
{
    /// <summary>A client that carries the key.</summary>
    public async Task<HttpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var client = new HttpClient { BaseAddress = new Uri(endpoint.Url) };
        client.DefaultRequestHeaders.Add("X-Api-Key", await apiKey.GetValueAsync(cancellationToken));
        return client;
    }

    /// <summary>An address that leads a browser past the key to the page where the API can be tried.</summary>
    public LoginLink LoginLink => new(endpoint, apiKey);
}
