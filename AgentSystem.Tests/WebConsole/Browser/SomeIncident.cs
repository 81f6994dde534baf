using System.Net.Http.Json;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.EndToEnd;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>Tells the alerting service of alerts, as Alertmanager would.</summary>
internal static class SomeIncident
{
    /// <param name="system">Whose.</param>
    /// <param name="worker">What the alerts are about: those about one are one incident.</param>
    /// <param name="alerts">They.</param>
    public static async Task OpenAsync(RunningSystem system, string worker, params (string Name, string Severity)[] alerts)
    {
        const string status = "firing";
        using var http = Alerting(system);
        using var answer = await http.PostAsJsonAsync("/webhooks/alertmanager", new
        {
            version = "4",
            groupKey = worker,
            status,
            receiver = "pages-platform",
            alerts = alerts.Select(alert => new
            {
                status,
                labels = new Dictionary<string, string> { ["alertname"] = alert.Name, ["severity"] = alert.Severity, ["worker"] = worker },
                annotations = new Dictionary<string, string> { ["summary"] = $"{alert.Name} is for the console" },
                startsAt = DateTimeOffset.UtcNow,
                fingerprint = alert.Name,
            }),
        });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The id of the open incident with a text in its title.</summary>
    public static async Task<string> IdOfAsync(RunningSystem system, string text)
    {
        using var http = Alerting(system);
        return (await http.GetFromJsonAsync("/incidents?state=open", ApiJson.Default.IncidentList))!.Incidents.First(incident => incident.Title.Contains(text, StringComparison.Ordinal)).Id;
    }

    /// <summary>Does something to an incident: see <c>POST /incidents/{id}/…</c>.</summary>
    public static async Task ActAsync(RunningSystem system, string id, string verb, string? text = null)
    {
        using var http = Alerting(system);
        using var answer = await http.PostAsJsonAsync($"/incidents/{id}/{verb}", new { text });
        answer.EnsureSuccessStatusCode();
    }

    private static HttpClient Alerting(RunningSystem system)
    {
        var http = new HttpClient { BaseAddress = system.App.GetEndpoint("alerting") };
        http.DefaultRequestHeaders.Add(ConnectionFile.ApiKeyHeader, RunningSystem.ApiKey);
        return http;
    }
}
