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
            .WithEnvironment("GF_PATHS_PROVISIONING", grafana.Resource.PathOf("/etc/grafana/provisioning"))
            .WithEnvironment("DASHBOARDS_DIR", grafana.Resource.PathOf("/etc/grafana/dashboards"))
            .WithEnvironment(context =>
            {
                foreach (var (variable, value) in Quiet)
                    context.EnvironmentVariables[variable] = value;
            })
            .WhenNative(native => native
                .WithArgs("server", "--homepath=/usr/share/grafana")
                .WithEnvironment("GF_SERVER_HTTP_ADDR", "127.0.0.1")
                .WithEnvironment("GF_SERVER_HTTP_PORT", $"{native.Listening()}")
                .WithEnvironment("GF_PATHS_DATA", native.Resource.PathOf("/var/lib/grafana"))
                .WithEnvironment("GF_PATHS_LOGS", Path.Combine(native.Resource.PathOf("/var/lib/grafana"), "logs"))
                .WithEnvironment("GF_PATHS_PLUGINS", Path.Combine(native.Resource.PathOf("/var/lib/grafana"), "plugins"))
                .WithEnvironment("GF_LOG_MODE", "console"));
    }

    // Nothing is sent to or fetched from anywhere else, and nobody makes an account for themselves.
    private static readonly Dictionary<string, string> Quiet = new()
    {
        ["GF_ANALYTICS_REPORTING_ENABLED"] = "false",
        ["GF_ANALYTICS_CHECK_FOR_UPDATES"] = "false",
        ["GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES"] = "false",
        ["GF_ANALYTICS_FEEDBACK_LINKS_ENABLED"] = "false",
        ["GF_NEWS_NEWS_FEED_ENABLED"] = "false",
        ["GF_PLUGINS_PREINSTALL_DISABLED"] = "true", // the data sources are bundled; the installer would try to replace them
        ["GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED"] = "true",
        ["GF_SECURITY_DISABLE_GRAVATAR"] = "true",
        ["GF_SNAPSHOTS_EXTERNAL_ENABLED"] = "false",
        ["GF_USERS_ALLOW_SIGN_UP"] = "false",
    };

    /// <summary>Lets Grafana read from a backend. One that is left out keeps an address at which nobody answers, since provisioning knows no default.</summary>
    public static IResourceBuilder<IBackend> WithDataSource(this IResourceBuilder<IBackend> grafana, string variable, IResourceBuilder<IBackend> source)
    {
        if (source.IsThere())
            return grafana.WithEnvironment(variable, source.GetEndpoint("http")).WaitFor(source);
        var nobody = $"http://{source.Resource.Name}.invalid";
        return grafana.WithEnvironment(variable, nobody);
    }
}
