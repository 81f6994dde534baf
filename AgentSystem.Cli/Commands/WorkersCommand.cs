using System.CommandLine;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl workers</c>: who is there and how busy.</summary>
internal static class WorkersCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var command = new Command("workers", "Shows the workers, their processes and their queues.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var workers = await api.GetWorkersAsync(cancellationToken);
            if (output.Json)
                output.Document(workers, json => json.IReadOnlyListWorkerView);
            else
                Write(output, workers);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(Output output, IReadOnlyList<WorkerView> workers)
    {
        var table = new FittedTable(output.Screen,
            ("WORKER", 0), ("STATE", 0), ("PROCESSES", 4), ("BUSY", 1), ("PENDING", 3), ("READY", 3), ("ACTIVE", 2), ("TYPES", 0));
        foreach (var worker in workers)
        {
            var state = !worker.Alive ? "gone" : worker.Instances.Count > 0 && worker.Instances.All(i => i.Draining) ? "draining" : "alive";
            table.Add(
                worker.Name,
                TaskTable.State(state),
                $"{worker.Instances.Count}",
                $"{worker.Instances.Sum(i => i.Active)}/{worker.Instances.Sum(i => i.Concurrency)}",
                $"{worker.Pending}",
                $"{worker.Ready}",
                $"{worker.Active}",
                string.Join(", ", worker.Instances.SelectMany(i => i.Types).Distinct().Order(StringComparer.Ordinal)));
        }
        output.Screen.Write(table.Build());
    }
}
