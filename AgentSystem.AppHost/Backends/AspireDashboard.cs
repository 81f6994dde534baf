namespace AgentSystem.AppHost.Backends;

internal static class AspireDashboardExtensions
{
    /// <summary>Adds Aspire's dashboard to what is published, with the API key as the token that it asks for. A run has that of its engine.</summary>
    public static IResourceBuilder<IBackend> AddAspireDashboard(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> apiKey)
    {
        var dashboard = new ContainerBackend(name);
        if (builder.ExecutionContext.IsRunMode)
            return builder.CreateResourceBuilder(dashboard);

        // The image that Aspire itself publishes.
        return builder.AddResource(dashboard).WithImage("mcr.microsoft.com/dotnet/nightly/aspire-dashboard", "13.5")
            .WithPort(18888, isExternal: true)
            .WithPort(18889, "otlp-grpc")
            .WithHealth("/health")
            .WithEnvironment("DASHBOARD__FRONTEND__AUTHMODE", "BrowserToken")
            .WithEnvironment("DASHBOARD__FRONTEND__BROWSERTOKEN", apiKey)
            .WithEnvironment("DASHBOARD__OTLP__AUTHMODE", "ApiKey")
            .WithEnvironment("DASHBOARD__OTLP__PRIMARYAPIKEY", apiKey);
    }
}
