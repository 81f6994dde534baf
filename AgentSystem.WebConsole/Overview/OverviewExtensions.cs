namespace AgentSystem.WebConsole.Overview;

internal static class OverviewExtensions
{
    internal static void AddOverview(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<OverviewQueries>();
}
