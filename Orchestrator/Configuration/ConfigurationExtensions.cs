using System.Text.RegularExpressions;
using AgentSystem.Protocol;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Configuration;

/// <summary>Binds and checks the options before anything starts.</summary>
internal static partial class ConfigurationExtensions
{
    internal static void AddOrchestratorOptions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OrchestratorOptions>()
            .Bind(builder.Configuration.GetSection(OrchestratorOptions.Section))
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                options.SharedDir = configuration[SharedVolume.RootVariable] ?? options.SharedDir;
                options.AllowedRoots = configuration["Agents:AllowedRoots"] ?? options.AllowedRoots;
                options.Database = configuration[OrchestratorOptions.DatabaseVariable] ?? options.Database;
                if (options.Database.Length == 0 && options.SharedDir.Length > 0)
                    options.Database = Path.Combine(Path.GetFullPath(options.SharedDir), "..", "journal", "orchestrator.db");
            })
            .ValidateDataAnnotations()
            .Validate(
                static options => options.Workers.Keys.All(name => WorkerName().IsMatch(name)),
                "The names under Orchestrator:Workers become folders' names: use 1 to 63 of a-z, 0-9, '-' and '_', starting with a letter or digit.")
            .Validate(
                static options => options.Workers.Values.All(types => !string.IsNullOrWhiteSpace(types)),
                "Each of Orchestrator:Workers needs its task types, separated by commas, or '*' for all that the offline agents know.")
            .Validate(
                static options => options.Retention.Settled >= TimeSpan.Zero,
                "Orchestrator:Retention:Settled must be a time such as 7.00:00:00 (days.hours:minutes:seconds), or 0 to keep settled tasks for ever.")
            .ValidateOnStart();
        builder.Services.AddSingleton<WorkerCatalog>();
        builder.Services.AddSingleton(static services => SharedVolume.Create(
            services.GetRequiredService<IOptions<OrchestratorOptions>>().Value.SharedDir, services.GetRequiredService<WorkerCatalog>().Names));
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,62}$")]
    private static partial Regex WorkerName();
}
