using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentSystem.ServiceDefaults.Health;

/// <summary>
/// A health report as JSON: <c>{"status":"Unhealthy","checks":{"pipe":{"status":"Unhealthy","description":"…","durationMs":1.2}}}</c>.
/// </summary>
public static class HealthJson
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes <paramref name="report"/> as the response's body. The status code is set by the health check middleware.</summary>
    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(report);
        var body = new Body(
            report.Status.ToString(),
            report.Entries.ToDictionary(e => e.Key, e => new Check(
                e.Value.Status.ToString(),
                e.Value.Description ?? e.Value.Exception?.Message,
                Math.Round(e.Value.Duration.TotalMilliseconds, 3),
                e.Value.Data.Count == 0 ? null : e.Value.Data)));
        return context.Response.WriteAsJsonAsync(body, Json, context.RequestAborted);
    }

    private sealed record Body(string Status, IReadOnlyDictionary<string, Check> Checks);

    private sealed record Check(string Status, string? Description, double DurationMs, IReadOnlyDictionary<string, object>? Data);
}
