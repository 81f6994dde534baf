using System.Diagnostics;
using System.Globalization;
using Metrics = AgentSystem.Protocol.TelemetryNames.Metrics;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>
/// Six hours of the metrics that the pages ask for, every 15 s, as blocks of Prometheus: three workers that do three types of work, and two
/// processes each.
/// </summary>
internal sealed class MetricHistory
{
    internal static readonly TimeSpan Range = TimeSpan.FromHours(6);

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(15);
    private static readonly string[] Workers = ["marie", "anga", "fabien"];
    private static readonly string[] Types = ["document_analysis", "summarize", "process_document"];
    private static readonly string[] Errors = ["timeout", "rate_limited", "invalid_request"];
    private static readonly string[] Events = ["created", "moved", "rescan", "overflow"];
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
    }

    internal int Series => _series.Count;

    /// <summary>Writes the blocks up to <paramref name="now"/>.</summary>
    /// <exception cref="InvalidOperationException">promtool refused; the message has what it said.</exception>
    internal async Task WriteAsync(string folder, DateTimeOffset now)
    {
        var text = Path.Combine(folder, "history.om");
        await using (var writer = new StreamWriter(text))
        {
            var from = now - Range;
            foreach (var (series, at) in _series)
                for (var moment = from; moment <= now; moment += Step)
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

    private static Func<double, double> Wave(double top) => seconds => Math.Round(top * (1 + Math.Sin(seconds / 900)) / 2);
}
