using System.Diagnostics;
using AgentSystem.Benchmarks.Reporting;
using AgentSystem.Benchmarks.TelemetryStore.Load;
using SQLitePCL;

namespace AgentSystem.Benchmarks.TelemetryStore.Peers;

/// <summary>
/// The same spans and lines inserted into SQLite in this process, a request a transaction: no network, no decoding, no labels. What the
/// store adds to that is what it does for its users.
/// </summary>
internal static class InsertPeers
{
    internal static void Run(StoreBenchmarkOptions options, Report report, string folder)
    {
        var (rate, _) = Spans(options.IngestTime, Path.Combine(folder, "spans.db"));
        Set(report, IngestBenchmark.Spans, "SQLite rows with an index on the trace", rate);
        (rate, var bytes) = Lines(LineIndex.None, options.IngestTime, Path.Combine(folder, "lines.db"));
        Set(report, IngestBenchmark.Lines, "SQLite rows", rate);
        report.Figures.Add(new("SQLite rows: bytes a line", bytes, "B"));
        foreach (var index in (LineIndex[])[LineIndex.Words, LineIndex.Trigrams])
        {
            var (indexed, size) = Lines(index, options.IngestTime, Path.Combine(folder, $"{index}.db"));
            var name = $"SQLite rows and FTS5 of {(index == LineIndex.Words ? "words" : "trigrams")}";
            report.Figures.Add(new($"{name}: lines", indexed, "/s") { Peer = new("SQLite rows", rate) });
            report.Figures.Add(new($"{name}: bytes a line", size, "B") { Peer = new("SQLite rows", bytes) });
        }
    }

    private static void Set(Report report, string figure, string peer, double rate)
    {
        var at = report.Figures.FindIndex(f => f.Name == figure);
        report.Figures[at] = report.Figures[at] with { Peer = new(peer, rate) };
    }

    private static (double PerSecond, double BytesEach) Lines(LineIndex index, TimeSpan time, string path)
    {
        using var database = new PeerDatabase(path);
        using var table = new LineTable(database, index);
        var load = new LogLoad(line => line);
        var (began, count) = (Stopwatch.GetTimestamp(), 0L);
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            table.Add(load, count, isIndexed: true);
            count += LogLoad.LinesPerRequest;
        }
        return (count / Stopwatch.GetElapsedTime(began).TotalSeconds, (double)database.Size() / count);
    }

    private static (double PerSecond, double BytesEach) Spans(TimeSpan time, string path)
    {
        using var database = new PeerDatabase(path);
        database.Execute("CREATE TABLE spans (id INTEGER PRIMARY KEY, trace BLOB NOT NULL, start INTEGER NOT NULL, data BLOB NOT NULL); CREATE INDEX by_trace ON spans (trace);");
        using var begin = database.Prepare("BEGIN IMMEDIATE");
        using var commit = database.Prepare("COMMIT");
        using var add = database.Prepare("INSERT INTO spans (trace, start, data) VALUES (?1, ?2, ?3)");
        var load = new SpanLoad(span => span);
        var (began, count) = (Stopwatch.GetTimestamp(), 0L);
        var id = new byte[16];
        for (var first = 0L; Stopwatch.GetElapsedTime(began) < time; first += load.Step)
        {
            foreach (var (body, items) in load.Requests(first))
            {
                database.Run(begin);
                for (var i = 0; i < items; i++, count++)
                {
                    System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(id, SpanLoad.TraceId(count / SpanLoad.SpansPerTrace));
                    raw.sqlite3_bind_blob(add, 1, id);
                    raw.sqlite3_bind_int64(add, 2, count);
                    raw.sqlite3_bind_blob(add, 3, body.Span.Slice(body.Length / items * i, body.Length / items));
                    database.Run(add);
                }
                database.Run(commit);
            }
        }
        return (count / Stopwatch.GetElapsedTime(began).TotalSeconds, (double)database.Size() / count);
    }
}
