using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace AgentSystem.ServiceDefaults.Health;

/// <summary><c>/health</c> (ready for work: every check) and <c>/alive</c> (worth keeping: those tagged <see cref="Live"/>).</summary>
internal static class HealthExtensions
{
    /// <summary>Tag of the checks whose failure only a restart can mend.</summary>
    internal const string Live = "live";

    // A dependency that hangs must not hang the answer.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);

    internal static void AddDefaultHealthChecks(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy("the process answers"), [Live]);
        builder.Services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var check in options.Registrations.Where(r => r.Timeout == Timeout.InfiniteTimeSpan))
                check.Timeout = CheckTimeout;
        });
    }

    internal static void MapHealth(this WebApplication app)
    {
        Map("/health", _ => true);
        Map("/alive", check => check.Tags.Contains(Live));

        void Map(string path, Func<HealthCheckRegistration, bool> predicate) =>
            app.MapHealthChecks(path, new() { ResponseWriter = HealthJson.WriteAsync, Predicate = predicate }).AllowAnonymous().DisableHttpMetrics();
    }
}
