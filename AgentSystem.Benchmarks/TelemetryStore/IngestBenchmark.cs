using AgentSystem.Benchmarks.Reporting;
using AgentSystem.Benchmarks.TelemetryStore.Load;

namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary>How fast the store takes spans and lines, each alone and both at once; and whether all that it acknowledged is there.</summary>
internal sealed class IngestBenchmark(StoreBenchmarkOptions options, Report report, string folder)
{
    internal const string Spans = "ingest spans", Lines = "ingest log lines";

    private readonly long _epoch = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var store = await StoreProcess.StartAsync(folder);
        // The first second is the compiler's.
        var warmUp = TimeSpan.FromSeconds(Math.Min(2, options.IngestTime.TotalSeconds));
        var spans = await SendSpansAsync(store, 0, warmUp);
        var lines = await SendLinesAsync(store, 0, warmUp);
        var (allSpans, allLines) = (spans.Items, lines.Items);
        store.ForgetPeak();
        cancellationToken.ThrowIfCancellationRequested();

        spans = await SendSpansAsync(store, spans.Next, options.IngestTime);
        report.Figures.Add(new(Spans, spans.PerSecond, "/s") { Target = new(20_000, IsMinimum: true), Note = Note(spans) });
        allSpans += spans.Items;
        lines = await SendLinesAsync(store, lines.Next, options.IngestTime);
        report.Figures.Add(new(Lines, lines.PerSecond, "/s") { Target = new(50_000, IsMinimum: true), Note = Note(lines) });
        allLines += lines.Items;
        cancellationToken.ThrowIfCancellationRequested();

        var both = await Task.WhenAll(SendSpansAsync(store, spans.Next, options.IngestTime), SendLinesAsync(store, lines.Next, options.IngestTime));
        report.Figures.Add(new("both at once: spans", both[0].PerSecond, "/s") { Note = Note(both[0]) });
        report.Figures.Add(new("both at once: log lines", both[1].PerSecond, "/s") { Note = Note(both[1]) });
        (allSpans, allLines) = (allSpans + both[0].Items, allLines + both[1].Items);
        report.Figures.Add(Memory.Figure("memory while ingesting", store.PeakBytes));
        await VerifyAsync(store, report, "lines found of those acknowledged", "spans found of those acknowledged", allSpans, allLines, _epoch);
    }

    /// <summary>Asks whether all that was acknowledged is there, and no more.</summary>
    internal static async Task VerifyAsync(StoreProcess store, Report report, string nameOfLines, string nameOfSpans, long spans, long lines, long fromNanos)
    {
        var to = DateTimeOffset.UtcNow.AddHours(1);
        var found = await StoreApi.CountLinesAsync(store.Http, fromNanos, (to - DateTimeOffset.UnixEpoch).Ticks * 100);
        report.Figures.Add(new(nameOfLines, found, "") { Note = $"{lines:N0} were acknowledged" });
        if (found != lines)
            report.Faults.Add($"{lines:N0} lines were acknowledged, {found:N0} were found.");
        var children = await StoreApi.CountChildrenAsync(store.Http, to, to - DateTimeOffset.UnixEpoch.AddTicks(fromNanos / 100).AddHours(-1));
        var complete = children / (SpanLoad.SpansPerTrace - 1) * SpanLoad.SpansPerTrace;
        report.Figures.Add(new(nameOfSpans, complete, "") { Note = $"{spans:N0} were acknowledged; counted by who has a parent" });
        if (complete != spans || children % (SpanLoad.SpansPerTrace - 1) != 0)
            report.Faults.Add($"{spans:N0} spans were acknowledged, {children:N0} with a parent were found.");
    }

    private Task<Sent> SendSpansAsync(StoreProcess store, long first, TimeSpan time) => Sender.SendAsync(
        store.OtlpUrl, StoreProcess.ApiKey, () => new SpanLoad(TimeOf), first, long.MaxValue / 2, time);

    private Task<Sent> SendLinesAsync(StoreProcess store, long first, TimeSpan time) => Sender.SendAsync(
        store.OtlpUrl, StoreProcess.ApiKey, () => new LogLoad(TimeOf), first, long.MaxValue / 2, time);

    // A fixed distance, as if it came at the rate that is promised.
    private long TimeOf(long item) => _epoch + item * 20_000;

    private static string Note(Sent sent) => $"{sent.Items:N0} acknowledged in {sent.Elapsed.TotalSeconds:N1} s"
        + (sent.Busy > 0 ? $", {sent.Busy} requests were told to come again and did" : "");
}
