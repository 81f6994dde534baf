using System.Text.Json;
using AgentSystem.Benchmarks.Reporting;
using AgentSystem.Benchmarks.TelemetryStore.Load;
using AgentSystem.Benchmarks.TelemetryStore.Peers;

namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary>What is searched: a store's folder with lines of six hours and traces, and the same lines in SQLite. Made once for a folder.</summary>
internal sealed class DataSet(StoreBenchmarkOptions options, string folder)
{
    internal const string IngestedLines = "ingest log lines, all that are searched";

    internal const string FoundLines = "lines found of those that are searched";

    // Counts up when the load changes, so that nothing old is taken for it.
    private const int Version = 1;

    private static readonly TimeSpan Range = TimeSpan.FromHours(6);

    private Content? _content;

    internal string Store => Path.Combine(folder, "store");

    internal string Peer => Path.Combine(folder, "peer.db");

    internal long From => Made.From;

    internal long To => Made.From + Range.Ticks * 100;

    /// <summary>How many lines and spans there are: what was asked for, rounded up to whole requests.</summary>
    internal long Lines => Made.Lines;

    internal long Spans => Made.Spans;

    private Content Made => _content ?? throw new InvalidOperationException("There are no data yet.");

    private string Description => Path.Combine(folder, "dataset.json");

    /// <summary>Makes it, unless it is there.</summary>
    /// <exception cref="InvalidOperationException">Other data are there.</exception>
    internal async Task PrepareAsync(Report report, Action<string> say, CancellationToken cancellationToken)
    {
        if (File.Exists(Description))
        {
            _content = JsonSerializer.Deserialize<Content>(await File.ReadAllTextAsync(Description, cancellationToken))!;
            if (_content.Version != Version || Math.Abs(_content.Lines - options.Lines) >= LogLoad.LinesPerRequest || _content.Spans < options.Spans)
                throw new InvalidOperationException($"{folder} has other data ({_content}). Name another folder, or delete it.");
        }
        else
            await MakeAsync(report, say, cancellationToken);
    }

    /// <summary>Has the same lines in SQLite, unless they are there.</summary>
    internal void PreparePeer(Action<string> say)
    {
        say("the same lines in SQLite");
        SearchPeer.Prepare(Peer, NewLines(), Lines, Math.Min(Lines, options.IndexedLines));
    }

    internal LogLoad NewLines()
    {
        var (from, step) = (From, Range.Ticks * 100 / options.Lines);
        return new(line => from + line * step);
    }

    private async Task MakeAsync(Report report, Action<string> say, CancellationToken cancellationToken)
    {
        say($"makes {options.Lines:N0} lines and {options.Spans:N0} spans");
        Directory.CreateDirectory(folder);
        var from = (DateTimeOffset.UtcNow - Range - DateTimeOffset.UnixEpoch).Ticks * 100;
        _content = new(Version, from, 0, 0);
        await using var store = await StoreProcess.StartAsync(Store);
        var lines = await Sender.SendAsync(store.OtlpUrl, StoreProcess.ApiKey, NewLines, 0, options.Lines, TimeSpan.MaxValue);
        var bytes = Directory.EnumerateFiles(Store).Sum(file => new FileInfo(file).Length);
        report.Figures.Add(new("bytes a line in the store", (double)bytes / lines.Items, "B") { Note = "all files of the folder, write-ahead log included" });
        cancellationToken.ThrowIfCancellationRequested();
        var step = Range.Ticks * 100 / options.Spans;
        var spans = await Sender.SendAsync(
            store.OtlpUrl, StoreProcess.ApiKey, () => new SpanLoad(span => from + span * step), 0, options.Spans, TimeSpan.MaxValue);
        report.Figures.Add(new(IngestedLines, lines.PerSecond, "/s") { Note = $"{lines.Items:N0} in {lines.Elapsed.TotalSeconds:N1} s" });
        report.Figures.Add(new("ingest spans, all that are searched", spans.PerSecond, "/s") { Note = $"{spans.Items:N0} in {spans.Elapsed.TotalSeconds:N1} s" });
        report.Figures.Add(Memory.Figure("memory while ingesting those", store.PeakBytes));
        await IngestBenchmark.VerifyAsync(store, report, FoundLines, "spans found of those that are fetched", spans.Items, lines.Items, from);
        _content = new(Version, from, lines.Items, spans.Items);
        await File.WriteAllTextAsync(Description, JsonSerializer.Serialize(_content), cancellationToken);
    }

    /// <param name="Version">Of the load.</param>
    /// <param name="From">The first line's time, in nanoseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="Lines">How many lines.</param>
    /// <param name="Spans">How many spans.</param>
    private sealed record Content(int Version, long From, long Lines, long Spans);
}
