namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>How large the benchmark is.</summary>
/// <param name="Tasks">Tasks in the journal.</param>
/// <param name="Spans">Spans in the store.</param>
/// <param name="Lines">Log lines in the store.</param>
/// <param name="Runs">How often each page is opened.</param>
/// <param name="Data">Where spans and lines are kept from run to run; null: nowhere.</param>
internal sealed record ConsoleBenchmarkOptions(int Tasks, int Spans, int Lines, int Runs, string? Data);
