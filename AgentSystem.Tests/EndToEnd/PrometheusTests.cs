using System.Net.Http.Json;
using System.Text.Json;
using AgentSystem.Protocol;
using AgentSystem.Tests.Support;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.EndToEnd;

/// <summary>The real Prometheus scrapes the real system.</summary>
public sealed class PrometheusTests(PrometheusTests.Fixture fixture) : IClassFixture<PrometheusTests.Fixture>
{
    private static readonly TimeSpan ScrapeLimit = TimeSpan.FromSeconds(60);

    private RunningSystem System => fixture.System;

    [Fact]
    public async Task All_targets_are_up()
    {
        string[] jobs = ["alerting", "alertmanager", "console", "node", "orchestrator", "prometheus", "workers"];
        var targets = await Eventually.Get(
            async () => (await QueryAsync("/api/v1/targets?state=active")).GetProperty("activeTargets").EnumerateArray()
                .Select(t => (Job: t.GetProperty("labels").GetProperty("job").GetString()!, Health: t.GetProperty("health").GetString()!, Error: t.GetProperty("lastError").GetString()!))
                .ToList(),
            all => jobs.All(job => all.Any(t => t.Job == job)) && all.Count(t => t.Job == "workers") == 3 && all.All(t => t.Health == "up"),
            ScrapeLimit);

        Assert.Equal(jobs, targets.Select(t => t.Job).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>The metrics of the design that have a source by now; Claude's come with the agent.</summary>
    public static TheoryData<string> MetricsWithASource =>
    [
        TelemetryNames.Metrics.TaskCreated, TelemetryNames.Metrics.TaskCompleted, TelemetryNames.Metrics.TaskFailed, TelemetryNames.Metrics.TaskRetried,
        TelemetryNames.Metrics.TaskDead, TelemetryNames.Metrics.TaskProcessingDuration + "_bucket", TelemetryNames.Metrics.TaskQueueWait + "_bucket", TelemetryNames.Metrics.TaskQueueDepth,
        TelemetryNames.Metrics.TaskBacklogAge, TelemetryNames.Metrics.ActiveTasks, TelemetryNames.Metrics.WatcherEvents,
        TelemetryNames.Metrics.WatcherTriggerLatency + "_bucket", TelemetryNames.Metrics.WatcherHeartbeat, TelemetryNames.Metrics.PipeMessagesSent,
        TelemetryNames.Metrics.PipeMessagesReceived, TelemetryNames.Metrics.PipeWriteLatency + "_bucket", TelemetryNames.Metrics.PipeConnectionErrors,
    ];

    [Theory]
    [MemberData(nameof(MetricsWithASource))]
    public async Task A_metric_of_the_design_has_samples(string metric)
    {
        var samples = await Eventually.Get(
            async () => (await QueryAsync($"/api/v1/query?query={metric}")).GetProperty("result").GetArrayLength(), count => count > 0, ScrapeLimit);

        Assert.True(samples > 0);
    }

    [Fact]
    public async Task A_duration_bucket_ends_at_exactly_30_seconds_and_carries_a_trace_id()
    {
        var query = Uri.EscapeDataString($"{TelemetryNames.Metrics.TaskProcessingDuration}_bucket{{le=~\"30(\\\\.0)?\"}}");
        var buckets = await Eventually.Get(async () => (await QueryAsync($"/api/v1/query?query={query}")).GetProperty("result").GetArrayLength(), n => n > 0, ScrapeLimit);
        Assert.True(buckets > 0);

        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var exemplars = await Eventually.Get(
            async () => (await QueryAsync($"/api/v1/query_exemplars?query={TelemetryNames.Metrics.TaskProcessingDuration}_bucket&start={now - 600}&end={now + 600}")).EnumerateArray()
                .SelectMany(series => series.GetProperty("exemplars").EnumerateArray())
                .Select(e => e.GetProperty("labels").GetProperty("trace_id").GetString()!).ToHashSet(),
            ids => ids.Overlaps(fixture.TraceIds),
            ScrapeLimit);
        Assert.NotEmpty(exemplars.Intersect(fixture.TraceIds));
    }

    [Fact]
    public async Task The_times_of_the_rules_are_shortened_where_it_is_asked_for_and_Prometheus_takes_them()
    {
        var rules = (await QueryAsync("/api/v1/rules?type=alert")).GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray());

        Assert.Equal(3, rules.Single(rule => rule.GetProperty("name").GetString() == "WorkerDown").GetProperty("duration").GetDouble());
    }

    private async Task<JsonElement> QueryAsync(string path)
    {
        var answer = await fixture.Prometheus.GetFromJsonAsync<JsonElement>(path);
        Assert.Equal("success", answer.GetProperty("status").GetString());
        return answer.GetProperty("data");
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public RunningSystem System { get; private set; } = null!;

        public HttpClient Prometheus { get; private set; } = null!;

        public HashSet<string> TraceIds { get; } = [];

        public async Task InitializeAsync()
        {
            System = await RunningSystem.StartAsync(Simulation.Enable, "--Backends:Prometheus=native", "--Backends:Alertmanager=native", "--Backends:NodeExporter=native",
                "--Rules:TimeScale=20");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await System.App.ResourceNotifications.WaitForResourceHealthyAsync("prometheus", limit.Token);
            Prometheus = System.App.CreateHttpClient("prometheus");
            foreach (var worker in RunningSystem.Workers)
            {
                TraceIds.Add((await System.SubmitAsync(new { type = "document_analysis", worker, payload = new { text = "Something to measure." } })).CorrelationId!);
                await System.SubmitAsync(new { type = "fail", worker, payload = new { error = "on_purpose", until_attempt = 2 } });
            }
            await System.UntilSettledAsync(TimeSpan.FromSeconds(60));
        }

        public async Task DisposeAsync()
        {
            Prometheus?.Dispose();
            await System.DisposeAsync();
        }
    }
}
