using System.Diagnostics;
using System.Globalization;
using Metrics = AgentSystem.Protocol.TelemetryNames.Metrics;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>
/// Six hours of the metrics that the pages ask for, every 15 s, as blocks of Prometheus: three workers that do three types of work, and two
/// processes each; what they spend, the machine they run on, and SLOs.
/// </summary>
internal sealed class MetricHistory
{
    internal const int Slos = 8;

    internal static readonly TimeSpan Range = TimeSpan.FromHours(6);

    // Pages that ask for what is now find something until the benchmark is over.
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(2);

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(15);
    private static readonly string[] Workers = ["marie", "anga", "fabien"];
    private static readonly string[] Types = ["document_analysis", "summarize", "process_document"];
    private static readonly string[] Errors = ["timeout", "rate_limited", "invalid_request"];
    private static readonly string[] Events = ["created", "moved", "rescan", "overflow"];
    private static readonly string[] Models = ["claude-sonnet-5", "claude-haiku-5"];
    private static readonly string[] Windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"];
    private static readonly double[] Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

    private readonly List<(string Series, Func<double, double> At)> _series = [];

    internal MetricHistory()
    {
        foreach (var worker in Workers)
        {
            foreach (var type in Types)
                AddWork($"job=\"workers\",worker=\"{worker}\",task_type=\"{type}\"");
            foreach (var status in (string[])["pending", "ready", "active", "retrying"])
                Add(Metrics.TaskQueueDepth, $"job=\"resources\",worker=\"{worker}\",status=\"{status}\"", Wave(20));
            Add(Metrics.TaskBacklogAge, $"job=\"resources\",worker=\"{worker}\"", Wave(12));
            Add(Metrics.PipeMessagesReceived, $"job=\"resources\",worker=\"{worker}\"", Rising(12));
            foreach (var instance in (string[])["1", "2"])
                AddProcess($"job=\"workers\",worker=\"{worker}\",instance=\"{worker}-{instance}\"");
        }
        foreach (var type in Types)
            foreach (var priority in (string[])["critical", "high", "normal", "low"])
                Add(Metrics.TaskCreated, $"job=\"resources\",task_type=\"{type}\",priority=\"{priority}\"", Rising(0.4));
        foreach (var resource in (string[])["orchestrator", "alerting", "console", "telemetry-store", "prometheus", "alertmanager", "node-exporter"])
            Add("up", $"job=\"{resource}\",instance=\"{resource}\"", _ => 1);
        AddSpending();
        AddMachine();
        for (var slo = 0; slo < Slos; slo++)
            AddSlo(slo);
    }

    /// <summary>An SLO by its number.</summary>
    internal static (string Id, string Name) Slo(int slo) => ($"workers-promise-{slo}", $"promise-{slo}");

    internal int Series => _series.Count;

    /// <summary>Writes the blocks up to <paramref name="now"/> and somewhat further.</summary>
    /// <exception cref="InvalidOperationException">promtool refused; the message has what it said.</exception>
    internal async Task WriteAsync(string folder, DateTimeOffset now)
    {
        var text = Path.Combine(folder, "history.om");
        await using (var writer = new StreamWriter(text))
        {
            var from = now - Range;
            foreach (var (series, at) in _series)
                for (var moment = from; moment <= now + Ahead; moment += Step)
                    await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{series} {at((moment - from).TotalSeconds)} {moment.ToUnixTimeSeconds()}"));
            await writer.WriteAsync("# EOF\n");
        }
        var start = new ProcessStartInfo("promtool", ["tsdb", "create-blocks-from", "openmetrics", text, Path.Combine(folder, "blocks")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var promtool = Process.Start(start)!;
        var said = await Task.WhenAll(promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
        await promtool.WaitForExitAsync();
        if (promtool.ExitCode != 0)
            throw new InvalidOperationException($"promtool could not make blocks: {string.Concat(said)}");
        File.Delete(text);
    }

    private void AddWork(string labels)
    {
        Add(Metrics.TaskCompleted, labels, Rising(1.5));
        foreach (var error in Errors)
            Add(Metrics.TaskFailed, $"{labels},error_type=\"{error}\"", Rising(0.02));
        Add(Metrics.TaskRetried, labels, Rising(0.03));
        AddHistogram(Metrics.TaskProcessingDuration, labels, 1.5);
        AddHistogram(Metrics.TaskQueueWait, labels, 1.5);
    }

    private void AddSpending()
    {
        foreach (var scope in (string[])["day", "month", "worker"])
        {
            Add("budget_spent_usd", $"scope=\"{scope}\",worker=\"\"", Rising(0.0004));
            Add("budget_reserved_usd", $"scope=\"{scope}\",worker=\"\"", Wave(1));
            Add("budget_limit_usd", $"scope=\"{scope}\",worker=\"\"", _ => 100);
            Add("budget_refused_total", $"scope=\"{scope}\"", Rising(0.002));
        }
        foreach (var worker in Workers)
        {
            foreach (var model in Models)
            {
                var labels = $"job=\"workers\",worker=\"{worker}\",model=\"{model}\"";
                Add(Metrics.ClaudeInvocations, labels, Rising(0.3));
                Add(Metrics.ClaudeCost, labels, Rising(0.0002));
                AddHistogram(Metrics.ClaudeProcessingTime, labels, 0.3);
                foreach (var direction in (string[])["input", "output", "cache_read", "cache_write"])
                    Add(Metrics.ClaudeTokens, $"{labels},direction=\"{direction}\"", Rising(400));
            }
            foreach (var error in Errors)
                Add(Metrics.ClaudeApiErrors, $"job=\"workers\",worker=\"{worker}\",error_type=\"{error}\"", Rising(0.001));
        }
        Add("agentsystem:budget_burn:ratio_rate1h", "", Share(0.5, 2));
        Add("agentsystem:claude_api_errors:rate5m", "", Share(0, 0.01));
        Add("model_calls_open", "", Wave(8));
        Add("model_calls_limit", "", _ => 16);
    }

    private void AddMachine()
    {
        Add("agentsystem:disk_free:ratio", "mountpoint=\"/\"", Share(0.3, 0.5));
        Add("agentsystem:cpu_used:ratio_rate5m", "", Share(0.1, 0.9));
        Add("agentsystem:memory_used:ratio", "", Share(0.4, 0.6));
        foreach (var mode in (string[])["user", "system", "iowait", "idle"])
            foreach (var core in (string[])["0", "1"])
                Add("node_cpu_seconds_total", $"cpu=\"{core}\",mode=\"{mode}\"", Rising(0.25));
        foreach (var name in (string[])["node_disk_written_bytes_total", "node_disk_read_bytes_total"])
            Add(name, "device=\"sda\"", Rising(40_000));
        foreach (var what in (string[])["cpu", "io", "memory"])
            Add($"node_pressure_{what}_waiting_seconds_total", "", Rising(0.02));
        foreach (var job in (string[])["orchestrator", "workers", "alerting", "console", "telemetry-store", "prometheus"])
            Add("scrape_duration_seconds", $"job=\"{job}\",instance=\"{job}\"", Share(0.002, 0.02));
        Add("prometheus_tsdb_head_series", "", Wave(8000));
        foreach (var group in (string[])["recording", "tasks", "workers", "machine"])
            Add("prometheus_rule_group_last_duration_seconds", $"rule_group=\"{group}\"", Share(0.001, 0.005));
        foreach (var channel in (string[])["webhook", "pagerduty", "slack"])
        {
            Add("alertmanager_notifications_total", $"integration=\"{channel}\"", Rising(0.01));
            Add("alertmanager_notifications_failed_total", $"integration=\"{channel}\"", Rising(0.0001));
        }
        foreach (var state in (string[])["active", "suppressed"])
            Add("alertmanager_alerts", $"state=\"{state}\"", Wave(50));
        foreach (var signal in (string[])["spans", "lines"])
        {
            Add("telemetry_store_accepted_total", $"signal=\"{signal}\"", Rising(300));
            Add("telemetry_store_queue_bytes", $"signal=\"{signal}\"", Wave(2e6));
        }
        Add("telemetry_store_rejected_total", "reason=\"full\"", Rising(0.001));
    }

    private void AddSlo(int slo)
    {
        var (id, name) = Slo(slo);
        var labels = $"sloth_id=\"{id}\",sloth_service=\"workers\",sloth_slo=\"{name}\"";
        Add("slo:objective:ratio", labels, _ => 0.99);
        Add("slo:time_period:days", labels, _ => 30);
        Add("slo:period_error_budget_remaining:ratio", labels, seconds => 1 - seconds / 100_000 * (slo + 1));
        Add("slo:current_burn_rate:ratio", labels, Share(0.2, 2));
        foreach (var window in Windows)
            Add($"slo:sli_error:ratio_rate{window}", $"{labels},sloth_window=\"{window}\"", Share(0.001, 0.02));
    }

    private void AddProcess(string labels)
    {
        Add("up", labels, _ => 1);
        Add(Metrics.ActiveTasks, labels, Wave(4));
        Add(Metrics.WatcherHeartbeat, labels, seconds => 1.7e9 + seconds);
        foreach (var name in Events)
            Add(Metrics.WatcherEvents, $"{labels},event=\"{name}\"", Rising(2));
        AddHistogram(Metrics.WatcherTriggerLatency, labels, 1.5);
        Add(Metrics.PipeMessagesSent, labels, Rising(6));
        AddHistogram(Metrics.PipeWriteLatency, labels, 6);
        foreach (var error in Errors)
            Add(Metrics.PipeConnectionErrors, $"{labels},error_type=\"{error}\"", Rising(0.001));
        Add("process_start_time_seconds", labels, _ => 1.7e9);
        Add("process_cpu_seconds_total", labels, Rising(0.3));
        Add("process_working_set_bytes", labels, Wave(2e8));
        Add("process_num_threads", labels, Wave(30));
    }

    private void AddHistogram(string name, string labels, double perSecond)
    {
        foreach (var (i, bucket) in Buckets.Index())
            Add($"{name}_bucket", $"{labels},le=\"{bucket.ToString(CultureInfo.InvariantCulture)}\"", Rising(perSecond * (i + 1) / (Buckets.Length + 1)));
        Add($"{name}_bucket", $"{labels},le=\"+Inf\"", Rising(perSecond));
        Add($"{name}_count", labels, Rising(perSecond));
        Add($"{name}_sum", labels, Rising(perSecond * 0.4));
    }

    private void Add(string name, string labels, Func<double, double> at) => _series.Add(($"{name}{{{labels}}}", at));

    private static Func<double, double> Rising(double perSecond) => seconds => Math.Floor(perSecond * seconds * 1e6) / 1e6;

    private static Func<double, double> Share(double low, double high) => seconds => low + (high - low) * (1 + Math.Sin(seconds / 900)) / 2;

    private static Func<double, double> Wave(double top) => seconds => Math.Round(top * (1 + Math.Sin(seconds / 900)) / 2);
}
