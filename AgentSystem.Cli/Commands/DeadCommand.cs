using System.CommandLine;
using AgentSystem.Cli.Terminal;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl dead</c>: tasks that were given up.</summary>
internal static class DeadCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var page = new PageOptions();
        var command = new Command("dead", "Lists tasks that were given up, newest first; 'agentctl replay' does them again.");
        page.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            PageOptions.Write(output, await api.ListAsync("dead", page.Filters(parsed), cancellationToken), host.Time);
            return ExitCode.Ok;
        });
        return command;
    }
}
