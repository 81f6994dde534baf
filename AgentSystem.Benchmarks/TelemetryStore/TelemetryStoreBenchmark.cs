using AgentSystem.Benchmarks.Reporting;

namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary>
/// Measures the telemetry store against what it promises (docs/telemetry-store.md) and against plain SQLite doing the same work in the same
/// run. Everything goes through the store's HTTP interfaces, with its default settings.
/// </summary>
internal sealed class TelemetryStoreBenchmark(StoreBenchmarkOptions options, TextWriter progress)
{
    internal async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        var report = new Report("The telemetry store, with its load generator and SQLite on the same machine");
        report.Conditions["durability"] = "acknowledged = committed, WAL, synchronous=FULL (fsync); SQLite beside it the same";
        report.Conditions["size"] =
            $"{options.Lines:N0} lines of {Load.LogLoad.Streams} streams, {options.Spans:N0} spans; {options.IngestTime.TotalSeconds:N0} s each kind of ingest; page cache warm";
        var temporary = Directory.CreateTempSubdirectory("bench-telemetry-store-").FullName;
        try
        {
            Say("ingest");
            await new IngestBenchmark(options, report, Path.Combine(temporary, "ingest")).RunAsync(cancellationToken);
            Say("ingest into SQLite");
            Peers.InsertPeers.Run(options, report, temporary);
            var data = new DataSet(options, options.Data ?? Path.Combine(temporary, "data"));
            await data.PrepareAsync(report, Say, cancellationToken);
            data.PreparePeer(Say);
            Say("traces by id, search");
            await new QueryBenchmark(options, report, data).RunAsync(Say, cancellationToken);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
        return report;
    }

    private void Say(string what) => progress.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss} {what}");
}
