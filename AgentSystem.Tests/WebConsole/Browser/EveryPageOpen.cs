using System.Net.Http.Json;
using System.Text.Json;
using AgentSystem.Tests.Support;
using AgentSystem.Tests.WebConsole.Dashboards;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;

namespace AgentSystem.Tests.WebConsole.Browser;

/// <summary>A page that stays open.</summary>
/// <param name="Shown">The window.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Needs">The backends that it has to name while they do not answer.</param>
public sealed record OpenPage(ConsolePage Shown, string Title, IReadOnlyList<string> Needs)
{
    public IPage Page => Shown.Page;
}

/// <summary>Every page of the console, each in a window of its own.</summary>
public sealed class EveryPageOpen(ConsoleInBrowser console) : IAsyncLifetime
{
    private const string Orchestrator = "The orchestrator", Host = "The host", Prometheus = "Prometheus", Alertmanager = "Alertmanager", Jaeger = "Jaeger", Loki = "Loki",
        Alerting = "The alerting service";

    private readonly List<OpenPage> _pages = [];

    public IReadOnlyList<OpenPage> All => _pages;

    /// <summary>The incident that one of the pages shows.</summary>
    public string Incident { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await SomeWork.DoneAsync(console.System);
        var task = (await console.System.AllTasksAsync())[0];
        await SomeIncident.OpenAsync(console.System, "outage-test", ("OutageTestFiring", "warning"));
        Incident = await SomeIncident.IdOfAsync(console.System, "OutageTestFiring");
        var (alert, fingerprint) = await AnyAlertAsync();
        var slo = await AnySloAsync();
        foreach (var (path, title, needs) in ((string, string, string[])[])
        [
            ("/", "Overview", [Prometheus, Alertmanager, Orchestrator]),
            ("/resources", "Resources", [Host]),
            ("/resources/marie", "marie", [Host]),
            ("/tasks", "Tasks", [Orchestrator]),
            ($"/tasks/{task.Id}", task.Id, [Orchestrator, Jaeger, Loki]),
            ("/tasks/new", "New task", []),
            ("/questions", "Questions", [Orchestrator]),
            ("/budget", "Budget", [Orchestrator]),
            ("/traces?service=marie", "Traces", [Jaeger]),
            ($"/traces/{task.CorrelationId}", "", [Jaeger]),
            ("/logs?query=%7Bservice_name%3D%22marie%22%7D", "Logs", [Loki]),
            ("/dashboards", "Dashboards", []),
            ("/d/task-processing-overview?from=now-5m&to=now&refresh=5s", "Task Processing Overview", [Prometheus]),
            ("/incidents", "Incidents", [Alerting]),
            ($"/incidents/{Incident}", "", [Alerting]),
            ($"/alerts/{fingerprint}", alert, [Prometheus, Alertmanager]),
            ($"/slos/{Uri.EscapeDataString(slo)}", "", [Prometheus]),
            ("/alerts", "Alerts", [Prometheus, Alertmanager]),
            ("/alerts/rules", "Rules", [Prometheus]),
            ("/alerts/silences", "Silences", [Alertmanager]),
            ("/alerts/silences/new", "New silence", [Alertmanager]),
            ("/slos", "SLOs", [Prometheus]),
            ("/runbooks", "Runbooks", [Alertmanager]),
            ("/runbooks/TestFiring", "A test fires", []),
        ])
        {
            var page = await console.OpenAsync(path);
            var shown = await page.Page.Locator("h1").InnerTextAsync();
            Assert.Contains(title, shown, StringComparison.Ordinal);
            _pages.Add(new(page, shown, needs));
        }
    }

    /// <summary>One that always fires shows that alerts get through.</summary>
    private async Task<(string Name, string Fingerprint)> AnyAlertAsync()
    {
        using var alertmanager = console.System.App.CreateHttpClient("alertmanager");
        var alerts = await Eventually.Get(() => alertmanager.GetFromJsonAsync<JsonElement[]>("api/v2/alerts"), alerts => alerts is { Length: > 0 }, TimeSpan.FromSeconds(90));
        var alert = alerts!.OrderBy(alert => alert.GetProperty("labels").GetProperty("severity").GetString() == "none" ? 0 : 1).First();
        return (alert.GetProperty("labels").GetProperty("alertname").GetString()!, alert.GetProperty("fingerprint").GetString()!);
    }

    private async Task<string> AnySloAsync()
    {
        using var prometheus = console.System.App.CreateHttpClient("prometheus");
        var slos = await Eventually.Get(
            async () => (await prometheus.GetFromJsonAsync<JsonElement>("api/v1/query?query=slo:objective:ratio")).GetProperty("data").GetProperty("result"), slos => slos.GetArrayLength() > 0, TimeSpan.FromSeconds(90));
        return slos[0].GetProperty("metric").GetProperty("sloth_id").GetString()!;
    }

    public async Task DisposeAsync()
    {
        foreach (var page in _pages)
            await page.Shown.DisposeAsync();
        if (Incident.Length > 0)
            await SomeIncident.ActAsync(console.System, Incident, "resolve");
    }
}
