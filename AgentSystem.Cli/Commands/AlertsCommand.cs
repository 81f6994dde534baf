using System.CommandLine;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl alerts</c>: the alerts of all incidents that are not over.</summary>
internal static class AlertsCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var command = new Command("alerts", "Lists the alerts of all incidents that are not over, newest first.") { globals.AlertingUrl };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.ConnectToAlerting(host, parsed);
            var alerts = await api.GetAlertsAsync(cancellationToken);
            if (output.Json)
                output.Document(alerts, json => json.AlertList);
            else if (alerts.Alerts.Count == 0)
                output.Note("No alerts.");
            else
                Write(output, alerts.Alerts, host.Time, withIncident: true);
            return ExitCode.Ok;
        });
        return command;
    }

    internal static void Write(Output output, IReadOnlyList<IncidentAlert> alerts, TimeProvider time, bool withIncident)
    {
        var table = new FittedTable(output.Screen,
            [("ALERT", 0), ("STATE", 0), ("SEVERITY", 1), ("PART", 2), ("FOR", 3), .. withIncident ? new[] { ("INCIDENT", 1) } : [], ("SUPPRESSED BY", 4), ("SUMMARY", 0)]);
        foreach (var alert in alerts)
        {
            table.Add(
            [
                alert.Name,
                TaskTable.State(alert.Flapping ? "flapping" : alert.Phase.ToName()),
                TaskTable.State(alert.Severity.ToName()),
                alert.Component,
                Format.Duration((alert.EndsAt ?? time.GetUtcNow()) - alert.StartsAt),
                .. withIncident ? new FittedTable.Cell[] { alert.IncidentId } : [],
                string.Join(", ", alert.SuppressedBy.Select(by => by.Name)),
                alert.Annotations.GetValueOrDefault("summary"),
            ]);
        }
        output.Screen.Write(table.Build());
    }
}
