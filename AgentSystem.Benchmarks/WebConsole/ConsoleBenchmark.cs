using System.Globalization;
using AgentSystem.Benchmarks.Reporting;
using AgentSystem.Benchmarks.TelemetryStore;
using AgentSystem.Benchmarks.TelemetryStore.Load;
using Microsoft.Playwright;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>Measures the console's pages in a real browser against what it promises (docs/console.md), on a store and a journal that are full.</summary>
internal sealed class ConsoleBenchmark(ConsoleBenchmarkOptions options, TextWriter progress)
{
    private const double Promise = 300;

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
            report.Conditions["beside it"] =
                $"{RunningWork.Tasks} tasks at work, {RunningWork.Questions} open questions, {AlertHistory.Alerts} alerts, {AlertHistory.Incidents} incidents ({AlertHistory.Open} open), {MetricHistory.Slos} SLOs, the repository's rules";
            await using var system = await ConsoleUnderLoad.StartAsync(folder, data);
            await MeasureAsync(report, system, await SubjectsAsync(system, from, to, now, cancellationToken), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return report;
    }

    private async Task MeasureAsync(Report report, ConsoleUnderLoad system, PageSubjects subjects, CancellationToken cancellationToken)
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
        foreach (var (name, path, title) in MeasuredPages.All(subjects).Where(page => options.Only is null || page.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Say(name);
            var latencies = await timer.MeasureAsync(path, title, options.Runs);
            report.Figures.Add(new($"{name} (p95)", latencies.Percentile(0.95), "ms") { Target = new(Promise, IsMinimum: false), Note = latencies.ToString() });
        }

        var together = MeasuredPages.Together(subjects, i => TaskHistory.Id(options.Tasks / 5 * i));
        var blocks = await new OpenPagesLoad(system, timer, together, TimeSpan.FromSeconds(options.BlockSeconds)).MeasureAsync(options.Blocks, Say, report.Conditions, cancellationToken);
        report.Figures.AddRange(LoadBlock.Compare(blocks, together.Count));
    }

    /// <summary>Makes what there has to be while it is looked at, and says what to look at.</summary>
    private async Task<PageSubjects> SubjectsAsync(ConsoleUnderLoad system, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Say("fires alerts, opens incidents and hands in tasks");
        var task = options.Tasks / 2;
        return new(
            TaskHistory.Id(task),
            await RunningWork.StartAsync(system.Orchestrator.Http, ConsoleUnderLoad.Worker, cancellationToken),
            SpanLoad.TraceId(task).ToString("x32", CultureInfo.InvariantCulture),
            await AlertHistory.FireAsync(system.Alertmanager.Http, now),
            await AlertHistory.TellAsync(system.Alerting.Http, now),
            MetricHistory.Slo(0),
            ConsoleUnderLoad.Worker,
            $"from={Millis(from)}&to={Millis(to)}",
            $"from={Millis(now - MetricHistory.Range)}&to={Millis(now)}");
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
