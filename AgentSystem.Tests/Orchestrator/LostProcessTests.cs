using AgentSystem.Protocol;
using AgentSystem.Tests.Support;

namespace AgentSystem.Tests.Orchestrator;

/// <summary>What tells a crash from a stop, and how full the volume is: both measured here, because no one else can.</summary>
public sealed class LostProcessTests
{
    [Fact]
    public async Task A_process_that_ceases_to_beat_is_counted_as_lost_once_and_one_that_leaves_is_not()
    {
        using var app = new OrchestratorApp(settings: ("Orchestrator:HeartbeatTimeout", "00:00:00.500"));
        await Eventually.True(async () => (await app.Http.GetStringAsync("/metrics")).Contains(Lost("marie", 0), StringComparison.Ordinal));
        Beat(app, "marie", "crashes", 1);
        Beat(app, "marie", "leaves", 1);
        await Eventually.True(async () => (await app.Http.GetStringAsync("/workers/targets")).Contains("leaves", StringComparison.Ordinal));

        File.Delete(app.Volume.HeartbeatPath("marie", "leaves"));
        await Eventually.True(async () => (await app.Http.GetStringAsync("/metrics")).Contains(Lost("marie", 1), StringComparison.Ordinal));

        // One that was only slow is lost again if it ceases again.
        Beat(app, "marie", "crashes", 2);
        await Eventually.True(async () => (await app.Http.GetStringAsync("/metrics")).Contains(Lost("marie", 2), StringComparison.Ordinal));
        Assert.Contains(Lost("anga", 0), await app.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_room_on_the_shared_volume_is_measured()
    {
        using var app = new OrchestratorApp();
        var metrics = await app.Http.GetStringAsync("/metrics");

        foreach (var name in (string[])["free", "size"])
            Assert.Matches($"shared_volume_{name}_bytes\\{{device=\"shared volume\",mountpoint=\"{app.Volume.Root}\"\\}} [1-9]", metrics);
    }

    private static string Lost(string worker, int count) => $"worker_processes_lost_total{{worker=\"{worker}\"}} {count}\n";

    private static void Beat(OrchestratorApp app, string worker, string instance, long sequence) => ProtocolFile.Write(
        app.Volume.HeartbeatPath(worker, instance),
        new WorkerHeartbeat(worker, instance, sequence, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, 4, 0, false, ["summarize"], $"http://127.0.0.1:1"),
        ProtocolJson.Default.WorkerHeartbeat);
}
