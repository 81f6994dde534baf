using AgentSystem.Benchmarks.Reporting;
using AgentSystem.Benchmarks.TelemetryStore.Load;
using AgentSystem.Benchmarks.TelemetryStore.Peers;

namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary>How long answers take on a full store: traces by id, lines by label and text, counts.</summary>
internal sealed class QueryBenchmark(StoreBenchmarkOptions options, Report report, DataSet data)
{
    private const int TraceFetches = 500, PeerRuns = 2;

    internal async Task RunAsync(Action<string> say, CancellationToken cancellationToken)
    {
        await using var store = await StoreProcess.StartAsync(data.Store);
        await FetchTracesAsync(store);
        // Compiles what queries need, and reads the file once.
        foreach (var (_, make) in TextQuery.All)
            await AskAsync(store, make(0, data.Lines));
        store.ForgetPeak();
        using var peer = new SearchPeer(data.Peer, Math.Min(data.Lines, options.IndexedLines));
        var searches = report.Figures.Count;
        foreach (var (name, make) in TextQuery.All)
        {
            say($"search: {name}");
            await SearchAsync(store, peer, name, make);
            cancellationToken.ThrowIfCancellationRequested();
        }
        await CountAsync(store);
        report.Figures.Insert(searches, Memory.Figure("memory while searching", store.PeakBytes));
    }

    private async Task FetchTracesAsync(StoreProcess store)
    {
        var latencies = new Latencies();
        var traces = (ulong)(data.Spans / SpanLoad.SpansPerTrace);
        for (var i = -50; i < TraceFetches; i++)
        {
            var id = SpanLoad.TraceId((long)(Template.Mixed((ulong)(i + 1000)) % traces));
            var body = "";
            // The first ones are the compiler's.
            await (i < 0 ? new Latencies() : latencies).MeasureAsync(async () => body = await store.Http.GetStringAsync(StoreApi.Trace(id)));
            if (StoreApi.SpansIn(body) is not SpanLoad.SpansPerTrace and var spans)
                report.Faults.Add($"A trace has {spans} spans in place of {SpanLoad.SpansPerTrace}.");
        }
        report.Figures.Add(new($"a trace by id, of {data.Spans:N0} spans (p95)", latencies.Percentile(0.95), "ms")
        {
            Target = new(5, IsMinimum: false),
            Note = latencies.ToString(),
        });
    }

    private async Task SearchAsync(StoreProcess store, SearchPeer peer, string name, Func<ulong, long, TextQuery> make)
    {
        var latencies = new Latencies();
        var found = 0;
        for (var run = 1; run <= options.Runs; run++)
        {
            var query = make(Template.Mixed((ulong)run), data.Lines);
            var body = "";
            await latencies.MeasureAsync(async () => body = await AskAsync(store, query));
            found = StoreApi.LinesIn(body);
            if (query.Expected is { } expected && found != expected)
                report.Faults.Add($"{query.LogQl} found {found} lines in place of {expected}.");
        }
        var sample = make(Template.Mixed(1), data.Lines);
        var scans = Enumerable.Range(0, PeerRuns).Select(_ => peer.Scan(sample)).Min();
        var matches = Enumerable.Range(0, PeerRuns).Select(_ => peer.Match(sample)).Min();
        report.Figures.Add(new($"search: {name} (p95)", latencies.Percentile(0.95), "ms")
        {
            Target = new(300, IsMinimum: false),
            Peer = new("SQLite reading rows", scans),
            Note = $"{sample.LogQl}: {found} lines; {latencies}; " + (matches is { } time
                ? $"FTS5 of trigrams over {peer.IndexedLines:N0} lines {time:N2} ms"
                : sample.Texts.Count == 0 ? "nothing to ask FTS5" : "FTS5 of trigrams cannot answer it"),
        });
    }

    // No promise: it has to touch every line there is.
    private async Task CountAsync(StoreProcess store)
    {
        var hours = (data.To - data.From) / 3_600_000_000_000;
        foreach (var (name, text) in ((string, string)[])[("all lines", ""), ("lines with a common word", " |= `completed`")])
        {
            var latencies = new Latencies();
            var query = $"sum by (service_name) (count_over_time({{service_name=~\".+\"}}{text}[{hours}h]))";
            await latencies.MeasureAsync(() => store.Http.GetStringAsync(StoreApi.Number(query, data.To)));
            report.Figures.Add(new($"count: {name} (once)", latencies.Percentile(0.5), "ms") { Note = query });
        }
    }

    private Task<string> AskAsync(StoreProcess store, TextQuery query) => store.Http.GetStringAsync(StoreApi.Lines(query.LogQl, data.From, data.To));
}
