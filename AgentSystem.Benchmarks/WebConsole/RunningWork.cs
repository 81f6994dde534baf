using System.Net.Http.Json;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>Tasks at work for the time of the benchmark, which ask people something.</summary>
internal static class RunningWork
{
    internal const int Tasks = 4, Questions = 12;

    private static readonly string[] Choices = ["yes", "no"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Hands the tasks in, waits until a worker has them, and asks.</summary>
    /// <exception cref="InvalidOperationException">No worker took them in time.</exception>
    internal static async Task<IReadOnlyList<string>> StartAsync(HttpClient orchestrator, string worker, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        for (var i = 0; i < Tasks; i++)
            ids.Add(await SubmitAsync(orchestrator, worker, seconds: 3600, cancellationToken));
        using var patience = new CancellationTokenSource(Limit);
        foreach (var id in ids)
        {
            while ((await orchestrator.GetFromJsonAsync($"/tasks/{id}", ApiJson.Default.TaskView, cancellationToken))!.State != TaskState.Active)
            {
                if (patience.IsCancellationRequested)
                    throw new InvalidOperationException($"No worker has taken task {id} within {Limit.TotalSeconds:0} s.");
                await Task.Delay(100, cancellationToken);
            }
        }
        for (var i = 0; i < Questions; i++)
        {
            using var asked = await orchestrator.PostAsJsonAsync(
                $"/tasks/{ids[i % Tasks]}/questions", new { text = $"Is part {i} to be done as well?", choices = Choices }, cancellationToken);
            asked.EnsureSuccessStatusCode();
        }
        return ids;
    }

    /// <summary>Hands one in that is at work for so long; its id.</summary>
    internal static async Task<string> SubmitAsync(HttpClient orchestrator, string worker, int seconds, CancellationToken cancellationToken)
    {
        using var answer = await orchestrator.PostAsJsonAsync("/tasks", new { type = "sleep", worker, payload = new { seconds } }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ApiJson.Default.TaskView, cancellationToken))!.Id;
    }
}
