using AgentSystem.Tests.WebConsole.Dashboards;
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

    public async Task InitializeAsync()
    {
        await SomeWork.DoneAsync(console.System);
        var task = (await console.System.AllTasksAsync())[0];
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

    public async Task DisposeAsync()
    {
        foreach (var page in _pages)
            await page.Shown.DisposeAsync();
    }
}
