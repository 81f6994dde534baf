using System.CommandLine;
using AgentSystem.Cli.Terminal;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl replay</c>: does settled tasks again, as new tasks.</summary>
internal static class ReplayCommand
{
    public static Command Build(CliHost host, GlobalOptions globals) => TaskActions.Build(
        host, globals, "replay", "Does settled tasks again, each as a new task with the same payload.", static (api, id, cancellationToken) => api.ReplayAsync(id, cancellationToken));
}
