namespace AgentSystem.AppHost.Running;

/// <summary>An address that leads a browser past a service's login.</summary>
internal sealed record LoginLink(EndpointReference Endpoint, ParameterResource Token)
{
    public async Task<string> GetAsync(CancellationToken cancellationToken) =>
        $"{Endpoint.Url}/login?t={Uri.EscapeDataString(await Token.GetValueAsync(cancellationToken) ?? "")}";
}
