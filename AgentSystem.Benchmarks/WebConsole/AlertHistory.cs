using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>Alerts that fire, some of them kept quiet, and incidents of three days, most of them over.</summary>
internal static class AlertHistory
{
    internal const int Alerts = 50, Incidents = 200, Open = 40;

    /// <summary>What the Alertmanager is told to do with them: nothing, but that one explains another.</summary>
    internal const string Configuration = """
        route: { receiver: nobody }
        receivers: [{ name: nobody }]
        inhibit_rules:
          - { source_matchers: [alertname="WorkerDown"], target_matchers: [alertname="TaskBacklogGrowing"], equal: [worker] }
        """;

    // Each has a runbook.
    private static readonly string[] Names =
        ["HighTaskLatency", "TaskQueueOverflow", "TaskBacklogGrowing", "WorkerDown", "WatcherHeartbeatMissing", "NamedPipeErrors", "TaskStuck", "WorkerCrashLooping", "PipeSilent", "TasksStalled"];

    /// <summary>Has alerts fire, silences some, and says which one to look at.</summary>
    internal static async Task<(string Fingerprint, string Name)> FireAsync(HttpClient alertmanager, DateTimeOffset now)
    {
        using var fired = await alertmanager.PostAsJsonAsync("/api/v2/alerts", Enumerable.Range(0, Alerts).Select(i => new
        {
            labels = Labels(Names[i % Names.Length], i / Names.Length),
            annotations = new { summary = $"{Names[i % Names.Length]} on part {i / Names.Length}", description = "It has been so for a while." },
            startsAt = now.AddMinutes(-i),
            endsAt = now.AddDays(1),
        }));
        fired.EnsureSuccessStatusCode();
        using var silenced = await alertmanager.PostAsJsonAsync("/api/v2/silences", new
        {
            matchers = new[] { new { name = "alertname", value = "NamedPipeErrors", isRegex = false, isEqual = true } },
            startsAt = now.AddMinutes(-1),
            endsAt = now.AddDays(1),
            createdBy = "somebody",
            comment = "It is being looked into.",
        });
        silenced.EnsureSuccessStatusCode();
        var all = await alertmanager.GetFromJsonAsync<JsonElement[]>("/api/v2/alerts");
        var alert = all!.First(alert => alert.GetProperty("labels").GetProperty("alertname").GetString() == Names[0]);
        return (alert.GetProperty("fingerprint").GetString()!, Names[0]);
    }

    /// <summary>Opens incidents, resolves most of them, and says which one to look at.</summary>
    internal static async Task<(string Id, string Title)> TellAsync(HttpClient alerting, DateTimeOffset now)
    {
        for (var i = 0; i < Incidents; i++)
        {
            // Far enough apart, and each about something else: none is part of another.
            var at = now.AddMinutes(-20 * (i + 1));
            using var told = await alerting.PostAsJsonAsync("/webhooks/alertmanager", new
            {
                version = "4",
                groupKey = string.Create(CultureInfo.InvariantCulture, $"group-{i}"),
                status = "firing",
                receiver = "record",
                alerts = new[] { Names[i % Names.Length], Names[(i + 1) % Names.Length] }.Select(name => new
                {
                    status = "firing",
                    labels = Labels(name, i),
                    annotations = new { summary = $"{name} on part {i}" },
                    startsAt = at,
                    fingerprint = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"),
                }),
            });
            told.EnsureSuccessStatusCode();
        }
        var incidents = (await alerting.GetFromJsonAsync("/incidents?limit=500", ApiJson.Default.IncidentList))!.Incidents;
        if (incidents.Count < Incidents)
            throw new InvalidOperationException($"Of {Incidents} incidents there are {incidents.Count}.");
        foreach (var incident in incidents.Skip(Open))
        {
            using var resolved = await alerting.PostAsJsonAsync($"/incidents/{incident.Id}/resolve", new { by = "somebody" });
            resolved.EnsureSuccessStatusCode();
        }
        return (incidents[0].Id, incidents[0].Title);
    }

    private static Dictionary<string, string> Labels(string name, int part) => new()
    {
        ["alertname"] = name,
        ["severity"] = part % 2 == 0 ? "critical" : "warning",
        ["worker"] = string.Create(CultureInfo.InvariantCulture, $"part-{part}"),
    };
}
