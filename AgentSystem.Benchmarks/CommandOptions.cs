using System.CommandLine;
using AgentSystem.Benchmarks.Reporting;

namespace AgentSystem.Benchmarks;

/// <summary>Options that benchmarks share.</summary>
internal static class CommandOptions
{
    internal static Option<int> Number(string name, int value, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) <= 0)
                result.AddError($"{name} must be a whole number above 0.");
        });
        return option;
    }

    /// <summary>Has a benchmark run, writes its report as a table and as JSON where that is asked for, and answers with its exit code.</summary>
    internal static void SetBenchmark(this Command command, Option<string?> json, Func<ParseResult, CancellationToken, Task<Report>> run) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = await run(parsed, cancellationToken);
            report.Write(Console.Out);
            if (parsed.GetValue(json) is { } path)
                report.WriteJson(path);
            return report.ExitCode;
        });

    internal static Option<string?> Data() => new("--data") { Description = "A folder that keeps what is searched, for the next run." };

    internal static Option<string?> Json() => new("--json") { Description = "A file for the figures." };
}
