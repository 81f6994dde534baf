using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentSystem.Tests.EndToEnd;
using AgentSystem.Tests.Support;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.WebConsole.Dashboards;

/// <summary>Tasks of several types for every worker, some of which fail first and some of which ask Claude, so that there is something to look at.</summary>
internal static class SomeWork
{
    private static readonly TimeSpan ScrapeLimit = TimeSpan.FromSeconds(90);

    private static readonly ConditionalWeakTable<RunningSystem, Task> Done = [];

    /// <summary>Has it done once for all tests that share the system.</summary>
    internal static Task DoneAsync(RunningSystem system) => Done.GetValue(system, DoAsync);

    private static async Task DoAsync(RunningSystem system)
    {
        await WorkAsync(system);
        // What a series begins with is no increase: some more comes when Prometheus knows all of them.
        using var prometheus = system.App.CreateHttpClient("prometheus");
        foreach (var series in (string[])["task_failed_total{error_type=\"on_purpose\"}", "task_processing_duration_seconds_count"])
            await Eventually.True(() => KnowsOfAllAsync(prometheus, series), ScrapeLimit);
        await WorkAsync(system);
    }

    private static async Task WorkAsync(RunningSystem system)
    {
        foreach (var worker in RunningSystem.Workers)
        {
            await system.SubmitAsync(new { type = "document_analysis", worker, priority = "high", payload = new { text = "Something to look at." } });
            await system.SubmitAsync(new { type = "sleep", worker, payload = new { seconds = 0.3 } });
            await system.SubmitAsync(new { type = "summarize", worker, payload = new { agent = "anthropic", text = "Something to sum up.", schema = new { type = "object" } } });
            await system.SubmitAsync(new { type = "fail", worker, payload = new { error = "on_purpose", until_attempt = 2 } });
        }
        await system.UntilSettledAsync(TimeSpan.FromSeconds(90));
    }

    // The orchestrator tells of the failures, each worker of its durations: they are not asked at the same time.
    private static async Task<bool> KnowsOfAllAsync(HttpClient prometheus, string series)
    {
        using var answer = JsonDocument.Parse(await prometheus.GetStringAsync($"api/v1/query?query={Uri.EscapeDataString($"count by (worker) ({series})")}"));
        return answer.RootElement.GetProperty("data").GetProperty("result").GetArrayLength() >= RunningSystem.Workers.Length;
    }
}
