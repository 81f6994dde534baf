using Microsoft.Extensions.Configuration;

namespace AgentSystem.AppHost;

/// <summary>Where people see the resources of a run: on Aspire's dashboard, or on the console, which asks the embedded engine for them.</summary>
internal static class HostResources
{
    /// <summary>
    /// Tells the console where the engine's resource service is, by the names by which Aspire tells its own dashboard; or where that dashboard is,
    /// since the service that it reads is meant for nobody else. Known once the engine listens, so each process is told when it starts.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithHostResources(this IResourceBuilder<ProjectResource> console)
    {
        var builder = console.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
            return console;
        return console.WithEnvironment(context =>
        {
            foreach (var (name, value) in Variables(builder.Configuration, Engine.Name))
                context.EnvironmentVariables[name] = value;
        });
    }

    /// <summary>The console's variables; none where the engine serves nobody, as in a test.</summary>
    public static IEnumerable<(string Name, string Value)> Variables(IConfiguration configuration, string engine)
    {
        if (engine == Engine.Aspire)
            return configuration["ASPNETCORE_URLS"]?.Split(';')[0] is { Length: > 0 } dashboard ? [("ASPIRE_DASHBOARD_URL", dashboard)] : [];
        if (configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] is not { Length: > 0 } url || configuration["AppHost:ResourceService:ApiKey"] is not { Length: > 0 } key)
            return [];
        return
        [
            ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", url),
            ("DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE", "ApiKey"),
            ("DASHBOARD__RESOURCESERVICECLIENT__APIKEY", key),
        ];
    }
}
