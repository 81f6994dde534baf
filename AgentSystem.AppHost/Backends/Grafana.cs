namespace AgentSystem.AppHost.Backends;

internal static class GrafanaExtensions
{
    /// <summary>Adds Grafana with its data sources and the repository's dashboards. Its user is admin.</summary>
    public static IResourceBuilder<IBackend> AddGrafana(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> password, Storage storage)
    {
        var grafana = builder.AddBackend(name, "docker.io/grafana/grafana", "13.2.0", new(["grafana"], "https://grafana.com/grafana/download"), storage)
            .WithFolder(Path.Combine(storage.Repository, "infra", "grafana", "provisioning"), "/etc/grafana/provisioning")
            .WithFolder(Path.Combine(storage.Repository, "dashboards"), "/etc/grafana/dashboards")
            .WithData("/var/lib/grafana")
            .WithPort(3000, isExternal: true)
            .WithHealth("/api/health")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Grafana");
        return grafana
            .WithEnvironment("GF_SECURITY_ADMIN_PASSWORD", password)
            .WithEnvironment("DASHBOARDS_DIR", grafana.Resource.PathOf("/etc/grafana/dashboards"))
            .WithEnvironment("GF_ANALYTICS_REPORTING_ENABLED", "false")
            .WithEnvironment("GF_ANALYTICS_CHECK_FOR_UPDATES", "false");
    }

    /// <summary>Lets Grafana read from a backend, if that is there.</summary>
    public static IResourceBuilder<IBackend> WithDataSource(this IResourceBuilder<IBackend> grafana, string variable, IResourceBuilder<IBackend> source) =>
        grafana.WithEnvironment(variable, source.GetEndpoint("http"));
}
