using Microsoft.Extensions.Configuration;

namespace AgentSystem.AppHost;

/// <summary>Where people see the resources of a run: on Aspire's dashboard where it is part of the run, else on the console.</summary>
internal static class HostResources
{
    // Aspire adds its dashboard to the model under this name before anything starts (Dashboard/DashboardEventHandlers.cs).
    private const string Dashboard = "aspire-dashboard";

    /// <summary>
    /// Tells the console where the resource service is, by the names by which Aspire tells its own dashboard; or where that dashboard is, since
    /// the service that it reads is meant for nobody else. Known once the host listens, so each process is told when it starts.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithHostResources(this IResourceBuilder<ProjectResource> console)
    {
        var builder = console.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
            return console;
        return console.WithEnvironment(context =>
        {
            foreach (var (name, value) in Variables(builder.Configuration, hasDashboard: builder.Resources.Any(resource => resource.Name == Dashboard)))
                context.EnvironmentVariables[name] = value;
        });
    }

    /// <summary>The console's variables; none where the host serves nobody, as in a test.</summary>
    public static IEnumerable<(string Name, string Value)> Variables(IConfiguration configuration, bool hasDashboard)
    {
        if (hasDashboard)
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
