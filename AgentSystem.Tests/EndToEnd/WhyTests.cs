using System.Diagnostics;
using System.Net.Http.Json;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.EndToEnd;

/// <summary>A task is explained from what the real processes sent to the real telemetry store.</summary>
public sealed class WhyTests
{
    private static readonly TimeSpan ExportLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Injected_delays_land_in_their_parts()
    {
        await using var system = await RunningSystem.StartAsync(
            builder =>
            {
                Simulation.Enable(builder);
                builder.CreateResourceBuilder<ProjectResource>("orchestrator").WithEnvironment("Orchestrator__Window", "1");
                builder.CreateResourceBuilder<ProjectResource>("marie").WithEnvironment("Worker__Concurrency", "1");
            },
            "--Backends:Jaeger=embedded", "--Backends:Loki=embedded");

        // One at a time, and one that may wait in the worker's folder: the third waits in the journal.
        var first = await SleepAsync(system, 2);
        await system.UntilAsync(first.Id, task => task.State == TaskState.Active);
        var second = await SleepAsync(system, 0.2);
        await system.UntilAsync(second.Id, task => task.State == TaskState.Ready);
        var third = await SleepAsync(system, 0.2);
        await CompletedAsync(system, third);
        var thought = await system.SubmitAsync(new { type = "sleep", worker = "marie", payload = new { seconds = 0.2, model_seconds = 1.5 } });
        await CompletedAsync(system, thought);
        var retried = await system.SubmitAsync(new { type = "fail", worker = "marie", payload = new { until_attempt = 2, seconds = 1.5 } });
        await CompletedAsync(system, retried);
        var settled = await SleepAsync(system, 0.5);
        await system.UntilAsync(settled.Id, task => task.State == TaskState.Active);
        await PausedAsync(system, "orchestrator", async () =>
        {
            // The delay that is injected: its result lies there for so long.
            var result = system.Volume.ResultPath(settled.Id);
            await Eventually.True(() => File.Exists(result) && DateTime.UtcNow - File.GetLastWriteTimeUtc(result) >= TimeSpan.FromSeconds(1.5));
        });
        await CompletedAsync(system, settled);

        await LandsInAsync(system, first, TimePart.Agent, 2);
        await LandsInAsync(system, second, TimePart.Slot, 1);
        await LandsInAsync(system, third, TimePart.Queue, 1);
        await LandsInAsync(system, thought, TimePart.Model, 1.5);
        await LandsInAsync(system, retried, TimePart.Retries, 1.5);
        await LandsInAsync(system, settled, TimePart.Settlement, 1.5);
    }

    private static async Task LandsInAsync(RunningSystem system, TaskView task, TimePart part, double seconds)
    {
        var why = await ExplainAsync(system, task.Id);
        var parts = $"{why.Headline}: {string.Join(", ", why.Parts.Select(p => $"{p.Part} {p.Seconds:0.000}"))}";
        Assert.True(Seconds(why, part) >= seconds * 0.95, $"expected in {part}; {parts}");
        Assert.True(why.Parts.MaxBy(p => p.Seconds)!.Part == part, $"expected most in {part}; {parts}");
        Assert.Equal(why.WallSeconds, why.Parts.Sum(p => p.Seconds), why.WallSeconds * 0.01);
        Assert.All(why.Sources, source => Assert.NotEqual(EvidenceStatus.Unavailable, source.Status));
    }

    private static Task<TaskView> SleepAsync(RunningSystem system, double seconds) =>
        system.SubmitAsync(new { type = "sleep", worker = "marie", payload = new { seconds } });

    private static Task<TaskView> CompletedAsync(RunningSystem system, TaskView task) => system.UntilAsync(task.Id, now => now.State == TaskState.Completed);

    /// <summary>Does something while a process stands still.</summary>
    private static async Task PausedAsync(RunningSystem system, string resource, Func<Task> meanwhile)
    {
        var process = system.ProcessId(resource).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await SignalAsync("-STOP");
        try
        {
            await meanwhile();
        }
        finally
        {
            await SignalAsync("-CONT");
        }

        async Task SignalAsync(string signal)
        {
            using var kill = Process.Start("kill", [signal, process]);
            await kill.WaitForExitAsync();
            Assert.Equal(0, kill.ExitCode);
        }
    }

    /// <summary>The explanation once the spans of the task have arrived.</summary>
    private static Task<TaskExplanation> ExplainAsync(RunningSystem system, string id) => Eventually.Get(
        async () => (await system.Orchestrator.GetFromJsonAsync($"/tasks/{id}/why", ApiJson.Default.TaskExplanation))!,
        why => why.Sources.Any(source => source.Name == "traces" && source.Status == EvidenceStatus.Used) && Seconds(why, TimePart.Agent) > 0,
        ExportLimit);

    private static double Seconds(TaskExplanation why, TimePart part) => why.Parts.Where(p => p.Part == part).Sum(p => p.Seconds);
}
