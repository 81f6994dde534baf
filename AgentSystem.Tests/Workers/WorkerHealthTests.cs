using System.Net;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AgentSystem.Tests.Workers;

public sealed class WorkerHealthTests : IDisposable
{
    private readonly TestVolume _volume = new();

    public void Dispose() => _volume.Dispose();

    [Fact]
    public async Task Every_dependency_has_its_name_and_all_is_well()
    {
        _volume.Listen();
        await using var worker = await WorkerHost.StartAsync(_volume);

        var (code, checks) = await HealthAsync(worker);
        Assert.Equal(HttpStatusCode.OK, code);
        foreach (var name in new[] { "filesystem", "pipe", "orchestrator", "agent" })
            Assert.Equal("Healthy", checks.GetProperty(name).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_pipe_without_a_reader_or_that_is_no_pipe_degrades()
    {
        await using var worker = await WorkerHost.StartAsync(_volume);
        Assert.Equal((HttpStatusCode.OK, "Degraded"), await CheckAsync(worker, "pipe"));

        var path = _volume.Volume.PipePath(TestVolume.Worker);
        await File.WriteAllTextAsync(path, "precious");
        Assert.Equal((HttpStatusCode.OK, "Degraded"), await CheckAsync(worker, "pipe"));
        _volume.Place("t1", "sleep", new { seconds = 0 });
        await _volume.ResultAsync("t1");
        Assert.Equal("precious", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task An_orchestrator_that_does_not_answer_degrades()
    {
        await using var worker = await WorkerHost.StartAsync(_volume, null, ("services:orchestrator:http:0", "http://127.0.0.1:9"));
        Assert.Equal((HttpStatusCode.OK, "Degraded"), await CheckAsync(worker, "orchestrator"));
    }

    [Fact]
    public async Task A_volume_that_cannot_be_used_or_is_full_is_unhealthy()
    {
        await using (var full = await WorkerHost.StartAsync(_volume, null, ("Worker:MinFreeBytes", long.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture))))
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await CheckAsync(full, "filesystem"));

        await using var worker = await WorkerHost.StartAsync(_volume, null, ("Worker:RescanInterval", "00:10:00"));
        // Which makes the folders that are missing; the next one is far away.
        await TestVolume.Until(() => worker.Services.GetRequiredService<WorkerInstruments>().WatcherHeartbeat.Value > 0, "the first rescan");
        Directory.Delete(Path.Combine(_volume.Volume.TasksDir(TestVolume.Worker), SharedVolume.Incoming));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await CheckAsync(worker, "filesystem"));
    }

    [Fact]
    public async Task An_agent_that_cannot_work_is_unhealthy_and_says_why()
    {
        var agent = new ScriptedAgent((_, _) => throw new InvalidOperationException()) { Problem = "there is no key" };
        await using var worker = await WorkerHost.StartAsync(_volume, s => s.AddSingleton<IAgent>(agent), ("Worker:Agent", "scripted"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await CheckAsync(worker, "agent"));
        var (_, checks) = await HealthAsync(worker);
        Assert.Contains("there is no key", checks.GetProperty("agent").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("WORKER_NAME", "", "WORKER_NAME")]
    [InlineData("WORKER_NAME", "../x", "WORKER_NAME")]
    [InlineData("SHARED_DIR", "", "SHARED_DIR")]
    [InlineData("Worker:Concurrency", "0", "Worker:Concurrency")]
    [InlineData("Worker:Agent", "nobody", "Worker:Agent")]
    public async Task A_wrong_setting_stops_the_start_and_says_what_to_set(string key, string value, string mentioned)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var worker = await WorkerHost.StartAsync(_volume, null, (key, value));
        });
        Assert.Contains(mentioned, error.Message, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode, JsonElement)> HealthAsync(WorkerHost worker)
    {
        using var response = await worker.Client.GetAsync(new Uri("/health", UriKind.Relative));
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, document.RootElement.GetProperty("checks").Clone());
    }

    private static async Task<(HttpStatusCode, string?)> CheckAsync(WorkerHost worker, string name)
    {
        var (code, checks) = await HealthAsync(worker);
        return (code, checks.GetProperty(name).GetProperty("status").GetString());
    }
}
