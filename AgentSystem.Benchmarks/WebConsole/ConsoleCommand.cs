using System.CommandLine;
using static AgentSystem.Benchmarks.CommandOptions;

namespace AgentSystem.Benchmarks.WebConsole;

/// <summary><c>console</c></summary>
internal static class ConsoleCommand
{
    internal static Command Build()
    {
        var tasks = Number("--tasks", 100_000, "Tasks in the journal.");
        var spans = Number("--spans", 1_000_000, "Spans in the store.");
        var lines = Number("--lines", 5_000_000, "Log lines in the store.");
        var runs = Number("--runs", 20, "How often each page is opened.");
        var blocks = Number("--blocks", 4, "How many whiles with open pages are measured, and as many without.");
        var seconds = Number("--block-seconds", 20, "How long each of them is.");
        var only = new Option<string?>("--only") { Description = "Only pages whose name has this, instead of all." };
        var (data, json) = (Data(), Json());
        var command = new Command("console", "The console: how long a page takes to be on the screen once its data are there, and what open pages cost the orchestrator.") { tasks, spans, lines, runs, blocks, seconds, only, data, json };
        command.SetBenchmark(json, (parsed, cancellationToken) =>
        {
            var options = new ConsoleBenchmarkOptions(
                parsed.GetValue(tasks), parsed.GetValue(spans), parsed.GetValue(lines), parsed.GetValue(runs),
                parsed.GetValue(blocks), parsed.GetValue(seconds), parsed.GetValue(only), parsed.GetValue(data));
            return new ConsoleBenchmark(options, Console.Error).RunAsync(cancellationToken);
        });
        return command;
    }
}
