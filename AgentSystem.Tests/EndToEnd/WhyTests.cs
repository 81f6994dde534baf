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
                builder.CreateResourceBuilder<ProjectResource>("marie").WithEnvironment("Worker__Concurrency", "1");
            },
            "--Backends:Jaeger=embedded", "--Backends:Loki=embedded");

        var first = await system.SubmitAsync(new { type = "sleep", worker = "marie", payload = new { seconds = 1.5 } });
        await system.UntilAsync(first.Id, task => task.State == TaskState.Active);
        var second = await system.SubmitAsync(new { type = "sleep", worker = "marie", payload = new { seconds = 0.5 } });
        await system.UntilAsync(second.Id, task => task.State == TaskState.Completed);

        var agent = await ExplainAsync(system, first.Id);
        Assert.InRange(Seconds(agent, TimePart.Agent), 1.45, 3);
        var waited = await ExplainAsync(system, second.Id);
        Assert.InRange(Seconds(waited, TimePart.Agent), 0.45, 1.5);
        Assert.True(Seconds(waited, TimePart.Queue) + Seconds(waited, TimePart.Slot) > 0.5, waited.Headline);

        foreach (var why in new[] { agent, waited })
        {
            Assert.Equal(why.WallSeconds, why.Parts.Sum(part => part.Seconds), why.WallSeconds * 0.01);
            Assert.All(why.Sources, source => Assert.NotEqual(EvidenceStatus.Unavailable, source.Status));
        }
    }

    /// <summary>The explanation once the spans of the task have arrived.</summary>
    private static Task<TaskExplanation> ExplainAsync(RunningSystem system, string id) => Eventually.Get(
        async () => (await system.Orchestrator.GetFromJsonAsync($"/tasks/{id}/why", ApiJson.Default.TaskExplanation))!,
        why => why.Sources.Any(source => source.Name == "traces" && source.Status == EvidenceStatus.Used) && Seconds(why, TimePart.Agent) > 0,
        ExportLimit);

    private static double Seconds(TaskExplanation why, TimePart part) => why.Parts.Where(p => p.Part == part).Sum(p => p.Seconds);
}
