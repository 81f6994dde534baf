using System.Net.Http.Json;
using System.Text.Json;

namespace AgentSystem.AppHost.Running;

/// <summary>A task as the summary shows it.</summary>
internal sealed record TaskSummary(
    string Id, string Type, string State, string Worker, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, string? CorrelationId)
{
    public bool IsSettled => State is "completed" or "dead" or "cancelled";
}

/// <summary>The first work of a new system: documents of its own repository, one task of each type at least, for every worker.</summary>
internal sealed class StarterTasks(HttpClient orchestrator, string repository)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly string[] Texts = ["README.md", "LICENSE"];
    private static readonly string[] Types = ["document_analysis", "summarize", "process_document"];

    /// <summary>Each worker gets a document, and each document one of the types, in turn.</summary>
    public static IReadOnlyList<object> Compose(string repository, IReadOnlyList<string> workers)
    {
        var docs = Path.Combine(repository, "docs");
        var documents = Texts.Select(name => Path.Combine(repository, name))
            .Concat(Directory.Exists(docs) ? Directory.EnumerateFiles(docs, "*.md").Order() : [])
            .Where(File.Exists)
            .ToArray();
        var count = Math.Max(documents.Length, Math.Max(Types.Length, workers.Count));
        return [.. Enumerable.Range(0, documents.Length == 0 ? 0 : count).Select(i => new
        {
            type = Types[i % Types.Length],
            worker = workers[i % workers.Count],
            priority = i == 0 ? "high" : "normal",
            payload = new { path = documents[i % documents.Length] },
        })];
    }

    /// <summary>Hands them in and returns what was accepted.</summary>
    public async Task<IReadOnlyList<TaskSummary>> SubmitAsync(IReadOnlyList<string> workers, CancellationToken cancellationToken)
    {
        using var response = await orchestrator.PostAsJsonAsync("/tasks", Compose(repository, workers), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"The orchestrator did not take the starter tasks: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        return (await response.Content.ReadFromJsonAsync<Accepted>(Json, cancellationToken))!.Tasks;
    }

    /// <summary>Waits until every task has its end, and says so for each as it comes.</summary>
    public async Task<IReadOnlyList<TaskSummary>> WaitUntilSettledAsync(
        IReadOnlyList<TaskSummary> tasks, Action<TaskSummary> settled, CancellationToken cancellationToken)
    {
        var latest = tasks.ToArray();
        using var interval = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        do
        {
            for (var i = 0; i < latest.Length; i++)
            {
                if (latest[i].IsSettled)
                    continue;
                latest[i] = (await orchestrator.GetFromJsonAsync<TaskSummary>($"/tasks/{latest[i].Id}", Json, cancellationToken))!;
                if (latest[i].IsSettled)
                    settled(latest[i]);
            }
        }
        while (latest.Any(task => !task.IsSettled) && await interval.WaitForNextTickAsync(cancellationToken));
        return latest;
    }

    private sealed record Accepted(IReadOnlyList<TaskSummary> Tasks);
}
