using System.CommandLine;
using static AgentSystem.Benchmarks.CommandOptions;

namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary><c>telemetry-store</c></summary>
internal static class TelemetryStoreCommand
{
    internal static Command Build()
    {
        var lines = Number("--lines", 5_000_000, "Lines that are searched.");
        var spans = Number("--spans", 1_000_000, "Spans in the store when traces are fetched.");
        var indexed = Number("--fts-lines", 500_000, "Lines of the FTS5 index that stands beside the search; with --data it is kept too.");
        var seconds = Number("--seconds", 10, "How long each kind of ingest is measured.");
        var runs = Number("--runs", 40, "How often each query is asked.");
        var (data, json) = (Data(), Json());
        var command = new Command("telemetry-store", "The telemetry store: ingest, traces by id, search in lines, memory; SQLite beside it.")
        {
            lines, spans, indexed, seconds, runs, data, json,
        };
        command.SetBenchmark(json, (parsed, cancellationToken) =>
        {
            var options = new StoreBenchmarkOptions(parsed.GetValue(lines), parsed.GetValue(spans), parsed.GetValue(indexed),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(runs), parsed.GetValue(data));
            return new TelemetryStoreBenchmark(options, Console.Error).RunAsync(cancellationToken);
        });
        return command;
    }
}
