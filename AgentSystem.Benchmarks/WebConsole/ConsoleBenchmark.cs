using System.Diagnostics;
using System.Globalization;
using AgentSystem.Benchmarks.Processes;
using AgentSystem.Benchmarks.Reporting;
using AgentSystem.Benchmarks.TelemetryStore;
using AgentSystem.Benchmarks.TelemetryStore.Load;
using Microsoft.Playwright;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>Measures the console's pages in a real browser against what it promises (docs/console.md), on a store and a journal that are full.</summary>
internal sealed class ConsoleBenchmark(ConsoleBenchmarkOptions options, TextWriter progress)
{
    private const double Promise = 300, MostLoad = 5;
    private const int OpenPages = 20;

    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(20);

    internal async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        var report = new Report("The console: from the click to all of a page that the window shows, its data being in the console already");
        var folder = Directory.CreateTempSubdirectory("bench-console-").FullName;
        try
        {
            var data = new DataSet(
                new(options.Lines, options.Spans, IndexedLines: 1, IngestTime: TimeSpan.Zero, options.Runs, options.Data), options.Data ?? Path.Combine(folder, "data"));
            await data.PrepareAsync(new Report("ingest"), Say, cancellationToken);
            Say($"writes {options.Tasks:N0} tasks and {MetricHistory.Range.TotalHours:N0} h of metrics");
            var (from, to) = (TimeOf(data.From), TimeOf(data.To));
            var traces = data.Spans / SpanLoad.SpansPerTrace;
            await TaskHistory.WriteAsync(Path.Combine(folder, "orchestrator.db"), options.Tasks, from, (to - from) / traces);
            var metrics = new MetricHistory();
            var now = DateTimeOffset.UtcNow;
            await metrics.WriteAsync(folder, now);
            report.Conditions["size"] =
                $"{options.Tasks:N0} tasks, {data.Spans:N0} spans, {data.Lines:N0} lines, {metrics.Series:N0} series of {MetricHistory.Range.TotalHours:N0} h; a window of 1280 x 800";
            await using var system = await ConsoleUnderLoad.StartAsync(folder, data);
            await MeasureAsync(report, system, Pages(from, to, now), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return report;
    }

    private async Task MeasureAsync(Report report, ConsoleUnderLoad system, IEnumerable<(string Name, string Path, string Title)> pages, CancellationToken cancellationToken)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium(),
            Args = ["--disable-gpu"],
            // The sandbox refuses to work for root.
            ChromiumSandbox = Environment.UserName != "root",
        });
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 }, ReducedMotion = ReducedMotion.Reduce });
        var timer = new PageTimer(context, system.Address);
        foreach (var (name, path, title) in pages)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Say(name);
            var latencies = await timer.MeasureAsync(path, title, options.Runs);
            report.Figures.Add(new($"{name} (p95)", latencies.Percentile(0.95), "ms") { Target = new(Promise, IsMinimum: false), Note = latencies.ToString() });
        }

        Say($"{OpenPages} pages at once");
        var alone = await LoadAsync(system.Orchestrator, cancellationToken);
        var paths = (string[])["/", "/tasks", "/tasks?state=dead", .. Enumerable.Range(1, OpenPages - 3).Select(i => $"/tasks/{TaskHistory.Id(options.Tasks / OpenPages * i)}")];
        foreach (var path in paths)
            await timer.OpenAsync(path);
        var together = await LoadAsync(system.Orchestrator, cancellationToken);
        report.Figures.Add(new($"the orchestrator's processor time with {OpenPages} different pages open", together.Load, "% of a core")
        {
            Target = new(MostLoad, IsMinimum: false),
            Peer = new("without any", alone.Load),
            Note = $"over {LoadTime.TotalSeconds:0} s; two lists and {OpenPages - 3} tasks that are all asked for separately",
        });
        report.Figures.Add(new($"the orchestrator's answer to GET /tasks with them (p50)", together.Answers.Percentile(0.5), "ms")
        {
            Peer = new("without any", alone.Answers.Percentile(0.5)),
            Note = $"{together.Answers}; without any {alone.Answers}; the browser has the same two cores",
        });
    }

    /// <summary>How much of a core the orchestrator takes, in percent, and how long it takes to answer.</summary>
    private static async Task<(double Load, Latencies Answers)> LoadAsync(ServiceProcess orchestrator, CancellationToken cancellationToken)
    {
        var answers = new Latencies();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var (before, began) = (orchestrator.ProcessorTime, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(began) < LoadTime && await timer.WaitForNextTickAsync(cancellationToken))
            await answers.MeasureAsync(() => orchestrator.Http.GetStringAsync(new Uri("/tasks?limit=50", UriKind.Relative), cancellationToken));
        return (100 * (orchestrator.ProcessorTime - before) / Stopwatch.GetElapsedTime(began), answers);
    }

    private IEnumerable<(string Name, string Path, string Title)> Pages(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        var task = options.Tasks / 2;
        var trace = SpanLoad.TraceId(task).ToString("x32", CultureInfo.InvariantCulture);
        var range = $"from={Millis(from)}&to={Millis(to)}";
        var metrics = $"from={Millis(now - MetricHistory.Range)}&to={Millis(now)}";
        yield return ("Overview", "/", "Overview");
        yield return ("Tasks", "/tasks", "Tasks");
        yield return ("Tasks, those that were given up", "/tasks?state=dead", "Tasks");
        yield return ("a task", $"/tasks/{TaskHistory.Id(task)}", TaskHistory.Id(task));
        yield return ("Traces, of one service", $"/traces?service=orchestrator&{range}", "Traces");
        yield return ("a trace", $"/traces/{trace}", "POST /tasks");
        yield return ("Logs, of one service with a word", $"/logs?query={Uri.EscapeDataString("{service_name=\"marie\"} |= \"completed\"")}&{range}", "Logs");
        yield return ("Task Processing Overview", $"/d/task-processing-overview?{metrics}", "Task Processing Overview");
        yield return ("Worker Performance", $"/d/worker-performance?{metrics}", "Worker Performance");
    }

    private static string Millis(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset TimeOf(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    private static string Chromium() =>
        (from name in (string[])["chromium", "chromium-browser", "google-chrome"]
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         select Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("The console is measured in a real browser: apt-get install chromium.");

    private void Say(string what) => progress.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss} {what}");
}
