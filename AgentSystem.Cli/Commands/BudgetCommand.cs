using System.CommandLine;
using System.Globalization;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl budget</c>: what model calls may cost and have cost.</summary>
internal static class BudgetCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var command = new Command("budget", "Shows what model calls may cost and have cost: in the day, in the month, and for each worker's day.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var budget = await api.GetBudgetAsync(cancellationToken);
            if (output.Json)
                output.Document(budget, json => json.BudgetView);
            else
                Write(output, budget, host.Time);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(Output output, BudgetView budget, TimeProvider time)
    {
        var table = new FittedTable(output.Screen, ("BUDGET", 0), ("LIMIT", 1), ("SPENT", 0), ("HELD", 3), ("USED", 2), ("ANEW IN", 4));
        foreach (var ceiling in budget.Ceilings)
        {
            table.Add(
                ceiling.Worker is { } worker ? $"{worker}'s day" : ceiling.Scope,
                Format.Usd(ceiling.LimitUsd),
                Format.Usd(ceiling.SpentUsd),
                Format.Usd(ceiling.ReservedUsd),
                ceiling.LimitUsd == 0 ? "" : Format.Percent((double)((ceiling.SpentUsd + ceiling.ReservedUsd) / ceiling.LimitUsd)),
                Format.Duration(ceiling.ResetsAt - time.GetUtcNow()));
        }
        output.Screen.Write(table.Build());
        output.Line(string.Create(CultureInfo.InvariantCulture, $"Of {budget.MaxCalls} model calls that may be under way at once, {budget.OpenCalls} are."));
    }
}
