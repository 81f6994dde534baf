namespace AgentSystem.Benchmarks.WebConsole;

/// <summary>How large the benchmark is.</summary>
/// <param name="Tasks">Tasks in the journal.</param>
/// <param name="Spans">Spans in the store.</param>
/// <param name="Lines">Log lines in the store.</param>
/// <param name="Runs">How often each page is opened.</param>
/// <param name="Blocks">How many whiles with open pages, and as many without; even, so that both have the same part of what changes by itself.</param>
/// <param name="BlockSeconds">How long each is.</param>
/// <param name="Only">Only pages whose name has this; null: all.</param>
/// <param name="Data">Where spans and lines are kept from run to run; null: nowhere.</param>
internal sealed record ConsoleBenchmarkOptions(int Tasks, int Spans, int Lines, int Runs, int Blocks, int BlockSeconds, string? Only, string? Data);
