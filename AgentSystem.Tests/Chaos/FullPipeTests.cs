using AgentSystem.Orchestrator.Chaos;
using AgentSystem.Orchestrator.Configuration;
using AgentSystem.Orchestrator.Status;
using AgentSystem.Protocol;
using AgentSystem.Tests.Orchestrator;
using AgentSystem.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AgentSystem.Tests.Chaos;

public sealed class FullPipeTests
{
    [Fact]
    public async Task A_pipe_is_full_while_nobody_reads_it_and_is_read_again_afterwards()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var app = new OrchestratorApp(settings: ("Chaos:Enabled", "true"));
        var task = await app.SubmitAsync("\"worker\":\"marie\"");
        using var marie = new StatusPipeWriter(app.Volume.PipePath("marie"));
        using var anga = new StatusPipeWriter(app.Volume.PipePath("anga"));
        var line = new StatusLine { TaskId = task.Id, Worker = "marie", Attempt = 1, Status = LineStatus.Started, At = DateTimeOffset.UtcNow, Traceparent = "" }.ToBytes();
        await Eventually.True(() => marie.Write(line) == PipeWriteOutcome.Written);

        var fault = await ChaosApiTests.InjectAsync(app, """{"fault":"full-pipe","worker":"marie"}""");
        await Eventually.True(() => marie.Write(line) == PipeWriteOutcome.Full);
        Assert.Equal(PipeWriteOutcome.Written, anga.Write("\n"u8));

        using var stopped = await app.Http.DeleteAsync($"/chaos/{fault.Id}");
        await Eventually.True(() => marie.Write(line) == PipeWriteOutcome.Written);
        await Eventually.True(async () => Received(await app.Http.GetStringAsync("/metrics")) >= 2);
    }

    [Fact]
    public async Task What_goes_wrong_is_said_and_ends_neither_the_orchestrator_nor_its_reading()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var app = new OrchestratorApp(settings: ("Chaos:Enabled", "true"));
        _ = app.Http;
        using var anga = new StatusPipeWriter(app.Volume.PipePath("anga"));
        await Eventually.True(() => anga.Write("\n"u8) == PipeWriteOutcome.Written);
        using var fault = new FullPipe(
            app.Volume, app.Services.GetRequiredService<WorkerCatalog>(), app.Services.GetRequiredService<StatusPipes>());
        // A folder where marie's pipe was: there is no pipe to hold.
        File.Delete(app.Volume.PipePath("marie"));
        Directory.CreateDirectory(app.Volume.PipePath("marie"));

        Assert.ThrowsAny<IOException>(() => fault.Begin(new("f", FaultCatalog.FullPipe, null, DateTimeOffset.MaxValue, new Dictionary<string, string>())));
        fault.End();

        await Eventually.True(() => anga.Write("\n"u8) == PipeWriteOutcome.Written);
        using var health = await app.Http.GetAsync("/alive");
        Assert.True(health.IsSuccessStatusCode);
    }

    // What filled the pipe is no line, neither a good one nor a bad one.
    private static int Received(string metrics)
    {
        Assert.Contains("pipe_messages_received_total{worker=\"marie\",status=\"invalid\"} 0", metrics, StringComparison.Ordinal);
        var line = metrics.Split('\n').First(text => text.StartsWith("pipe_messages_received_total{worker=\"marie\",status=\"started\"}", StringComparison.Ordinal));
        return int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
