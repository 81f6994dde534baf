using System.Diagnostics;
using System.Globalization;
using AgentSystem.Benchmarks.Processes;
using AgentSystem.Benchmarks.Reporting;
using Microsoft.Playwright;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>
/// What pages that are open cost the orchestrator. It has a core of its own with the one who measures, so that the browser and the console do not
/// take it away; whiles with the pages and without alternate, so that what changes by itself is on both sides.
/// </summary>
internal sealed class OpenPagesLoad(ConsoleUnderLoad system, PageTimer timer, IReadOnlyList<string> paths, TimeSpan length)
{
    // On average.
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromMinutes(5);

    // Each time it reads, and some write too: five tasks a second, each with all that happens to it.
    private const int WritesEvery = 4;

    // Without, with, with, without: what grows evenly over the run is the same on both sides.
    private static readonly bool[] Order = [false, true, true, false];

    // Asked at random moments the orchestrator is as it is on average; at even ones the pages' questions, which are even too, would meet ours always or never.
    private readonly Random _moments = new(Seed: 1);

    /// <param name="blocks">How many of each kind; even.</param>
    /// <param name="say">Told where it is.</param>
    /// <param name="conditions">Told which cores there are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<IReadOnlyList<LoadBlock>> MeasureAsync(int blocks, Action<string> say, IDictionary<string, string> conditions, CancellationToken cancellationToken)
    {
        var pages = new List<IPage>();
        foreach (var path in paths)
            pages.Add(await timer.OpenAsync(path));
        using var cores = Cores.Separate(system.Orchestrator.Id);
        conditions["cores"] = cores.ToString();
        var (isOpen, measured) = (true, new List<LoadBlock>());
        // The first of each kind are for the compiler.
        for (var block = -2; block < 2 * blocks; block++)
        {
            var withPages = block < 0 ? block == -2 : Order[block % Order.Length];
            if (withPages != isOpen)
                await ShowAsync(pages, isOpen = withPages);
            cores.Again();
            await (withPages ? Task.Delay(Quiet, cancellationToken) : UntilQuietAsync(cancellationToken));
            say($"{paths.Count} pages at once: {(withPages ? "with" : "without")}{(block < 0 ? ", not counted" : $", {block + 1} of {2 * blocks}")}");
            var result = await BlockAsync(withPages, cancellationToken);
            if (block >= 0)
                measured.Add(result);
        }
        foreach (var page in pages)
            await page.CloseAsync();
        return measured;
    }

    private async Task ShowAsync(List<IPage> pages, bool isOpen)
    {
        foreach (var (page, path) in pages.Zip(paths))
        {
            if (isOpen)
                await timer.ShowAsync(page, path);
            else
                await PageTimer.LeaveAsync(page);
        }
    }

    /// <summary>Until nobody but us has asked the orchestrator for a while.</summary>
    private async Task UntilQuietAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        for (var before = await RequestsAsync(cancellationToken); ;)
        {
            await Task.Delay(Quiet, cancellationToken);
            var now = await RequestsAsync(cancellationToken);
            if (now == before)
                return;
            before = now;
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new InvalidOperationException($"Somebody still asks the orchestrator {Patience.TotalMinutes:0} min after all pages were left.");
        }
    }

    private async Task<LoadBlock> BlockAsync(bool withPages, CancellationToken cancellationToken)
    {
        var orchestrator = system.Orchestrator;
        var (reads, writes, ours) = (new Latencies(), new Latencies(), 0);
        var requests = await RequestsAsync(cancellationToken);
        var (processor, began) = (orchestrator.ProcessorTime, Stopwatch.GetTimestamp());
        for (var time = 0; Stopwatch.GetElapsedTime(began) < length; time++)
        {
            // Of a Poisson process.
            await Task.Delay(-Math.Log(1 - _moments.NextDouble()) * Between, cancellationToken);
            await reads.MeasureAsync(() => orchestrator.Http.GetStringAsync(new Uri("/tasks?limit=50", UriKind.Relative), cancellationToken));
            ours++;
            if (time % WritesEvery != 0)
                continue;
            await writes.MeasureAsync(() => RunningWork.SubmitAsync(orchestrator.Http, ConsoleUnderLoad.Worker, seconds: 0, cancellationToken));
            ours++;
        }
        var elapsed = Stopwatch.GetElapsedTime(began);
        var load = 100 * (orchestrator.ProcessorTime - processor) / elapsed;
        return new(withPages, reads, writes, load, (await RequestsAsync(cancellationToken) - requests - ours) / elapsed.TotalSeconds);
    }

    /// <summary>How many it has answered, but for those to its metrics: <c>http_server_request_duration_seconds_count{…,http_route="/tasks/",…} 42</c>.</summary>
    private async Task<double> RequestsAsync(CancellationToken cancellationToken) =>
        (await system.Orchestrator.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken)).Split('\n')
            .Where(line => line.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal) && !line.Contains("\"/metrics", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
