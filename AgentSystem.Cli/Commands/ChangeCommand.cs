using System.CommandLine;
using AgentSystem.Cli.Terminal;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl change</c>: tells the alerting service of a change, for example a deploy, so that it can explain what goes wrong afterwards.</summary>
internal static class ChangeCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var summary = new Argument<string>("summary") { Description = "What was changed, in a line." };
        var source = new Option<string?>("--source") { Description = "What it was changed in, or who changed it.", HelpName = "name" };
        var link = new Option<string?>("--link") { Description = "Where there is more about it.", HelpName = "address" };
        var command = new Command("change", "Reports a change of the system, such as a deploy.") { summary, globals.AlertingUrl, source, link };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.ConnectToAlerting(host, parsed);
            var change = await api.ReportAsync(
                new() { Summary = parsed.GetRequiredValue(summary), Source = parsed.GetValue(source), Link = parsed.GetValue(link) }, cancellationToken);
            if (output.Json)
                output.Document(change, json => json.ChangeReport);
            else
                output.Note($"Reported: {Format.Printable(change.Summary)}");
            return ExitCode.Ok;
        });
        return command;
    }
}
