using System.CommandLine;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl list</c>: a page of tasks.</summary>
internal static class ListCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var state = new Option<string?>("--state") { Description = "Only tasks in this state.", HelpName = "state" };
        state.AcceptOnlyFromAmong([.. Enum.GetValues<TaskState>().Select(s => s.ToName())]);
        var worker = new Option<string?>("--worker") { Description = "Only this worker's tasks.", HelpName = "name" };
        var type = new Option<string?>("--type") { Description = "Only tasks of this type.", HelpName = "type" };
        var page = new PageOptions();
        var command = new Command("list", "Lists tasks, newest first.") { state, worker, type };
        page.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var tasks = await api.ListAsync("tasks",
                [("state", parsed.GetValue(state)), ("worker", parsed.GetValue(worker)), ("type", parsed.GetValue(type)), .. page.Filters(parsed)],
                cancellationToken);
            PageOptions.Write(output, tasks, host.Time);
            return ExitCode.Ok;
        });
        return command;
    }
}
