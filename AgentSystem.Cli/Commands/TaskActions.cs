using System.CommandLine;
using AgentSystem.Cli.Api;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary>What <c>cancel</c> and <c>replay</c> share: the same request for each of several tasks, where one failure does not spare the others.</summary>
internal static class TaskActions
{
    public static Command Build(
        CliHost host, GlobalOptions globals, string name, string description, Func<ApiClient, ParseResult, string, CancellationToken, Task<TaskView>> act,
        params IEnumerable<Option> options)
    {
        var ids = TaskIdArguments.Many("The tasks.", ArgumentArity.OneOrMore);
        var command = new Command(name, description) { ids };
        foreach (var option in options)
            command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var done = new List<TaskView>();
            var exitCode = ExitCode.Ok;
            foreach (var id in parsed.GetRequiredValue(ids))
            {
                try
                {
                    done.Add(await act(api, parsed, id, cancellationToken));
                }
                catch (CliException e) when (e.ExitCode is ExitCode.NotFound or ExitCode.Refused)
                {
                    output.Note($"{id}: {string.Join(" ", [e.Message, .. e.Details])}");
                    exitCode = exitCode == ExitCode.Ok ? e.ExitCode : exitCode;
                }
            }
            if (output.Json)
                output.Document(new BatchAccepted(done), json => json.BatchAccepted);
            else if (done.Count > 0)
                TaskTable.Write(output, done, host.Time);
            return exitCode;
        });
        return command;
    }
}
