using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using AgentSystem.Tests.Orchestrator;
using AgentSystem.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace AgentSystem.Tests.Chaos;

/// <summary>The orchestrator's side of faults: who may, for how long, and what is written down.</summary>
public sealed class ChaosApiTests
{
    private static readonly (string, string) Enabled = ("Chaos:Enabled", "true");

    [Fact]
    public async Task Without_leave_nothing_is_injected_and_the_answer_says_how_to_get_it()
    {
        using var app = new OrchestratorApp();

        var (status, problem) = await RefusedAsync(app, """{"fault":"slow-agent"}""");

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("Chaos__Enabled=true", problem, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await app.Http.DeleteAsync("/chaos/x")).StatusCode);
        Assert.False((await ListAsync(app)).Enabled);
        Assert.Empty(SharedVolume.List(app.Volume.ChaosDir));
    }

    [Theory]
    [InlineData("""{"fault":"earthquake"}""", 400, "fault must be one of slow-agent")]
    [InlineData("""{}""", 400, "fault must be one of slow-agent")]
    [InlineData("""nonsense""", 400, "The body is no fault")]
    [InlineData("""{"fault":"slow-agent","worker":"bob"}""", 400, "worker must be one of anga, fabien, marie")]
    [InlineData("""{"fault":"full-disk","worker":"marie"}""", 400, "worker must be absent")]
    [InlineData("""{"fault":"slow-agent","for_seconds":901}""", 400, "at most 900 (Chaos:MaxDuration)")]
    [InlineData("""{"fault":"slow-agent","for_seconds":0}""", 400, "for_seconds must be above 0")]
    [InlineData("""{"fault":"slow-agent","lease_seconds":0.5}""", 400, "lease_seconds must lie between 1 and 3600")]
    [InlineData("""{"fault":"slow-agent","parameters":{"seconds":-1}}""", 400, "parameters.seconds must be a number from 0.1 to 3600")]
    [InlineData("""{"fault":"slow-agent","parameters":{"speed":1}}""", 400, "parameters.speed is no parameter: slow-agent has seconds")]
    [InlineData("""{"fault":"stuck-task","parameters":{"speed":1}}""", 400, "stuck-task has none")]
    [InlineData("""{"fault":"claude-errors","parameters":{"error":"odd"}}""", 400, "must be one of overloaded_error")]
    [InlineData("""{"fault":"telemetry-away"}""", 422, "not ours to take away")]
    [InlineData("""{"fault":"full-disk","parameters":{"free_percent":1}}""", 422, "Chaos:MaxBallastBytes")]
    public async Task What_cannot_be_is_refused_with_the_reason(string body, int status, string reason)
    {
        using var app = new OrchestratorApp(settings: [Enabled, ("Chaos:MaxBallastBytes", "1")]);

        var (refused, problem) = await RefusedAsync(app, body);

        Assert.Equal(status, (int)refused);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.Empty((await ListAsync(app, all: true)).Faults);
    }

    [Fact]
    public async Task A_fault_is_an_order_on_the_volume_until_its_time_is_over()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time, settings: Enabled);
        var fault = await InjectAsync(app, """{"fault":"slow-agent","worker":"marie","for_seconds":30,"parameters":{"seconds":2},"by":"ann@laptop"}""");

        var order = ProtocolFile.Read(app.Volume.ChaosPath(fault.Id), FaultOrder.MaxBytes, ProtocolJson.Default.FaultOrder);
        Assert.Equal(("slow-agent", "marie", 2d), (order.Fault, order.Worker, order.Number("seconds")));
        Assert.Equal(TimeSpan.FromSeconds(30), fault.Until - fault.StartedAt);
        Assert.Equal("ann@laptop", Assert.Single((await ListAsync(app)).Faults).By);
        Assert.Contains("chaos_fault_active{fault=\"slow-agent\",worker=\"marie\"} 1", await app.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Single((await ListAsync(app)).Faults);
        time.Advance(TimeSpan.FromSeconds(2));
        await Eventually.True(async () => (await ListAsync(app)).Faults.Count == 0);
        Assert.False(File.Exists(app.Volume.ChaosPath(fault.Id)));
        Assert.Equal(FaultEnd.Expired, Assert.Single((await ListAsync(app, all: true)).Faults).Ended);
        Assert.DoesNotContain("fault=\"slow-agent\",worker=\"marie\"} 1", await app.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_with_a_lease_lives_on_renewals_and_ends_without_them()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var app = new OrchestratorApp(time, settings: Enabled);
        var fault = await InjectAsync(app, """{"fault":"slow-agent","for_seconds":600,"lease_seconds":10}""");
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(6));
            using var renewed = await app.Http.PostAsync($"/chaos/{fault.Id}/renew", null);
            Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        }
        // Whoever only reads the order knows of the lease, too: it needs nobody to end it.
        var order = ProtocolFile.Read(app.Volume.ChaosPath(fault.Id), FaultOrder.MaxBytes, ProtocolJson.Default.FaultOrder);
        Assert.True(order.Until - time.GetUtcNow() <= TimeSpan.FromSeconds(10));

        time.Advance(TimeSpan.FromSeconds(11));
        await Eventually.True(async () => (await ListAsync(app)).Faults.Count == 0);
        Assert.Equal(FaultEnd.LeaseLost, Assert.Single((await ListAsync(app, all: true)).Faults).Ended);
        using var late = await app.Http.PostAsync($"/chaos/{fault.Id}/renew", null);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
    }

    [Fact]
    public async Task The_same_fault_is_not_injected_twice_into_the_same_worker()
    {
        using var app = new OrchestratorApp(settings: Enabled);
        var first = await InjectAsync(app, """{"fault":"slow-agent","worker":"marie"}""");
        await InjectAsync(app, """{"fault":"slow-agent","worker":"anga"}""");
        await InjectAsync(app, """{"fault":"stuck-task","worker":"marie"}""");

        var (status, problem) = await RefusedAsync(app, """{"fault":"slow-agent"}""");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("agentctl chaos stop", problem, StringComparison.Ordinal);
        using var stopped = await app.Http.DeleteAsync($"/chaos/{first.Id}?by=bob");
        Assert.Equal("bob", (await stopped.Content.ReadFromJsonAsync(ApiJson.Default.InjectedFault))!.EndedBy);
        await InjectAsync(app, """{"fault":"slow-agent","worker":"marie"}""");
    }

    [Fact]
    public async Task An_orchestrator_that_was_killed_ends_what_it_left_when_it_is_back_and_its_audit_has_it_all()
    {
        var folder = Directory.CreateTempSubdirectory("chaos-").FullName;
        try
        {
            InjectedFault over, left;
            string killed;
            using (var app = new OrchestratorApp(folder: folder, settings: Enabled))
            {
                over = await InjectAsync(app, """{"fault":"stuck-task","worker":"anga","by":"ann"}""");
                using var stopped = await app.Http.DeleteAsync($"/chaos/{over.Id}?by=ann");
                left = await InjectAsync(app, """{"fault":"slow-agent","worker":"marie","for_seconds":600,"by":"ann"}""");
                killed = app.Volume.BallastPath(left.Id);
                // What a process that is killed leaves: an order, and a file that fills the disk.
                await File.WriteAllTextAsync(killed, "ballast");
            }
            var audit = Path.Combine(folder, "journal", "chaos.jsonl");
            await File.AppendAllTextAsync(audit, "{\"id\":\"cut sh");

            using var next = new OrchestratorApp(folder: folder, settings: Enabled);
            Assert.Empty((await ListAsync(next)).Faults);
            Assert.False(File.Exists(killed));
            Assert.Empty(SharedVolume.List(next.Volume.ChaosDir));
            var all = (await ListAsync(next, all: true)).Faults;
            Assert.Equal([(left.Id, FaultEnd.OrchestratorRestarted), (over.Id, FaultEnd.Stopped)], all.Select(fault => (fault.Id, fault.Ended!.Value)));
            Assert.All(all, fault => Assert.Equal("ann", fault.By));
            var lines = await File.ReadAllLinesAsync(audit);
            Assert.Equal((5, "{\"id\":\"cut sh"), (lines.Length, lines[^2]));
            var last = JsonSerializer.Deserialize(lines[^1], ApiJson.Default.InjectedFault)!;
            Assert.Equal((left.Id, FaultEnd.OrchestratorRestarted), (last.Id, last.Ended!.Value));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_cannot_be_written_down_is_not_injected()
    {
        using var app = new OrchestratorApp(settings: Enabled);
        _ = app.Http;
        // Nobody, not even root, writes lines into a folder.
        Directory.CreateDirectory(Path.Combine(app.Folder, "journal", "chaos.jsonl"));

        var (status, _) = await RefusedAsync(app, """{"fault":"slow-agent"}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Empty((await ListAsync(app)).Faults);
        Assert.Empty(SharedVolume.List(app.Volume.ChaosDir));
    }

    [Fact]
    public async Task The_disk_is_filled_to_what_was_asked_for_and_free_again_afterwards()
    {
        using var app = new OrchestratorApp(settings: [Enabled, ("Chaos:MaxBallastBytes", $"{1L << 40}")]);
        _ = app.Http;
        var disk = new DriveInfo(app.Volume.Root);
        // Some megabytes of whatever the disk has: most of it would be too much of a machine that others use.
        var percent = (disk.AvailableFreeSpace - (64L << 20)) * 100.0 / disk.TotalSize;
        var fault = await InjectAsync(app, JsonSerializer.Serialize(new { fault = "full-disk", parameters = new { free_percent = Math.Round(percent, 4) } }));

        await Eventually.True(() => File.Exists(app.Volume.BallastPath(fault.Id)));
        await Eventually.True(async () => BytesOf(await Executables.RunAsync("du", "-k", app.Volume.BallastPath(fault.Id))) > 8 << 20);
        using var stopped = await app.Http.DeleteAsync($"/chaos/{fault.Id}");
        await Eventually.True(() => !File.Exists(app.Volume.BallastPath(fault.Id)));
    }

    private static long BytesOf(string du) => long.Parse(du.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture) << 10;

    internal static async Task<InjectedFault> InjectAsync(OrchestratorApp app, string body)
    {
        using var response = await app.PostAsync("/chaos", body);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync(ApiJson.Default.InjectedFault))!;
    }

    private static async Task<(HttpStatusCode, string)> RefusedAsync(OrchestratorApp app, string body)
    {
        using var response = await app.PostAsync("/chaos", body);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<FaultList> ListAsync(OrchestratorApp app, bool all = false) =>
        (await app.Http.GetFromJsonAsync(all ? "/chaos?all=true" : "/chaos", ApiJson.Default.FaultList))!;
}
