namespace AgentSystem.Benchmarks.TelemetryStore;

/// <summary>How large the benchmark is.</summary>
/// <param name="Lines">Lines that are searched.</param>
/// <param name="Spans">Spans in the store when traces are fetched.</param>
/// <param name="IndexedLines">Lines of the full-text index that stands beside the search.</param>
/// <param name="IngestTime">How long each kind of ingest is measured.</param>
/// <param name="Runs">How often each query is asked.</param>
/// <param name="Data">Where the data are kept from run to run; null: nowhere.</param>
internal sealed record StoreBenchmarkOptions(int Lines, int Spans, int IndexedLines, TimeSpan IngestTime, int Runs, string? Data);
