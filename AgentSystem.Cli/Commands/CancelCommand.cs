using System.CommandLine;
using AgentSystem.Cli.Terminal;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl cancel</c>: stops tasks that are not settled.</summary>
internal static class CancelCommand
{
    public static Command Build(CliHost host, GlobalOptions globals) => TaskActions.Build(
        host, globals, "cancel", "Cancels tasks; a worker that is at it stops.", static (api, _, id, cancellationToken) => api.CancelAsync(id, cancellationToken));
}
