using System.Text.Json;
using AgentSystem.Benchmarks.Processes;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>A page that is measured.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Path">With its query.</param>
/// <param name="Title">What its heading has.</param>
internal sealed record MeasuredPage(string Name, string Path, string Title);

/// <summary>What the pages are about.</summary>
/// <param name="Task">One that is over.</param>
/// <param name="Running">Some at work.</param>
/// <param name="Trace">The trace of <paramref name="Task"/>.</param>
/// <param name="Alert">One that fires.</param>
/// <param name="Incident">One that is open.</param>
/// <param name="Slo">One that is recorded.</param>
/// <param name="Resource">A process of the run.</param>
/// <param name="Range">When spans and lines were made, as addresses have it.</param>
/// <param name="MetricRange">The same of metrics.</param>
internal sealed record PageSubjects(
    string Task, IReadOnlyList<string> Running, string Trace, (string Fingerprint, string Name) Alert, (string Id, string Title) Incident, (string Id, string Name) Slo,
    string Resource, string Range, string MetricRange);

/// <summary>Every page of the console. A page or a dashboard that is missing here fails a test (MeasuredPagesTests).</summary>
internal static class MeasuredPages
{
    /// <summary>Pages that are not measured, with the reason.</summary>
    internal static IReadOnlyDictionary<string, string> LeftOut { get; } = new Dictionary<string, string>
    {
        ["/not-found"] = "shows a sentence that needs no data",
        ["/d/{Uid}/{Slug}"] = "is the dashboard's page at Grafana's address",
    };

    /// <summary>All pages.</summary>
    internal static IReadOnlyList<MeasuredPage> All(PageSubjects of) =>
    [
        new("Overview", "/", "Overview"),
        new("Resources", "/resources", "Resources"),
        new("a resource", $"/resources/{of.Resource}", of.Resource),
        new("Tasks", "/tasks", "Tasks"),
        new("Tasks, those that were given up", "/tasks?state=dead", "Tasks"),
        new("New task", "/tasks/new", "New task"),
        new("a task", $"/tasks/{of.Task}", of.Task),
        new("a task at work", $"/tasks/{of.Running[0]}", of.Running[0]),
        new("Questions", "/questions", "Questions"),
        new("Budget", "/budget", "Budget"),
        new("Traces, of one service", TracesOfOneService(of), "Traces"),
        new("a trace", $"/traces/{of.Trace}", "POST /tasks"),
        new("Logs, of one service with a word", LogsOfOneService(of), "Logs"),
        new("Dashboards", "/dashboards", "Dashboards"),
        .. Dashboards().Select(board => new MeasuredPage(board.Title, $"/d/{board.Uid}?{of.MetricRange}", board.Title)),
        new("Alerts", "/alerts", "Alerts"),
        new("an alert", $"/alerts/{of.Alert.Fingerprint}", of.Alert.Name),
        new("Rules", "/alerts/rules", "Rules"),
        new("Silences", "/alerts/silences", "Silences"),
        new("New silence", "/alerts/silences/new", "New silence"),
        new("Incidents", "/incidents", "Incidents"),
        new("an incident", $"/incidents/{of.Incident.Id}", of.Incident.Title),
        new("SLOs", "/slos", "SLOs"),
        new("an SLO", $"/slos/{Uri.EscapeDataString(of.Slo.Id)}", of.Slo.Name),
        new("Runbooks", "/runbooks", "Runbooks"),
        new("a runbook", $"/runbooks/{of.Alert.Name}", of.Alert.Name),
    ];

    /// <summary>Twenty different pages that people have open at the same time.</summary>
    internal static IReadOnlyList<string> Together(PageSubjects of, Func<int, string> task) =>
    [
        "/", "/tasks", "/tasks?state=active", "/tasks?state=dead", "/tasks?worker=marie",
        .. of.Running.Take(4).Select(id => $"/tasks/{id}"),
        .. Enumerable.Range(1, 4).Select(i => $"/tasks/{task(i)}"),
        $"/traces/{of.Trace}", TracesOfOneService(of), LogsOfOneService(of), "/logs",
        "/d/task-processing-overview?from=now-1h&to=now&refresh=5s", "/d/worker-performance?from=now-1h&to=now&refresh=5s", "/questions",
    ];

    /// <summary>The files in <c>dashboards/</c>.</summary>
    internal static IEnumerable<(string Uid, string Title)> Dashboards() =>
        Directory.GetFiles(Path.Combine(Programs.Repository, "dashboards"), "*.json").Order(StringComparer.Ordinal).Select(file =>
        {
            using var board = JsonDocument.Parse(File.ReadAllText(file));
            return (board.RootElement.GetProperty("uid").GetString()!, board.RootElement.GetProperty("title").GetString()!);
        });

    private static string TracesOfOneService(PageSubjects of) => $"/traces?service=orchestrator&{of.Range}";

    private static string LogsOfOneService(PageSubjects of) => $"/logs?query={Uri.EscapeDataString("{service_name=\"marie\"} |= \"completed\"")}&{of.Range}";
}
