using AgentSystem.WebConsole.Dashboards.Charts;
using AgentSystem.WebConsole.Dashboards.Queries;

namespace AgentSystem.WebConsole.Dashboards;

/// <summary>Registers what the pages of dashboards need.</summary>
internal static class DashboardExtensions
{
    internal static void AddDashboards(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DashboardOptions>()
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                if (configuration[DashboardOptions.Variable] is { Length: > 0 } folder)
                    options.Folder = folder;
            })
            .Validate(static options => Path.IsPathFullyQualified(options.Folder), $"{DashboardOptions.Variable} has to be the full path of a folder with Grafana's JSON files.")
            .ValidateOnStart();
        builder.Services.AddSingleton<DashboardFiles>();
        builder.Services.AddSingleton<SharedQueries>();
        builder.Services.AddSingleton<PrometheusQueries>();
        builder.Services.AddSingleton<LokiQueries>();
        builder.Services.AddSingleton<VariableQueries>();
        builder.Services.AddSingleton<AnnotationLoader>();
        builder.Services.AddSingleton<PanelLoader>();
        builder.Services.AddScoped<DashboardScript>();
    }
}
