using System.CommandLine;
using System.Globalization;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Spectre.Console;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl incidents</c>: what is wrong, and what people do about it.</summary>
internal static class IncidentsCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var state = new Option<string?>("--state") { Description = "Only incidents in this state; else those that are not over.", HelpName = "state" };
        state.AcceptOnlyFromAmong([.. Enum.GetValues<IncidentState>().Select(s => s.ToName())]);
        var severity = new Option<string?>("--severity") { Description = "Only incidents of this severity or worse.", HelpName = "severity" };
        severity.AcceptOnlyFromAmong([.. Enum.GetValues<AlertSeverity>().Select(s => s.ToName())]);
        var limit = new Option<int>("--limit") { Description = "How many at most, up to 500.", HelpName = "number", DefaultValueFactory = _ => 50 };
        var command = new Command("incidents", "Lists incidents, newest first, and does something about one.") { globals.AlertingUrl, state, severity, limit };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.ConnectToAlerting(host, parsed);
            var incidents = await api.GetIncidentsAsync(
                [("state", parsed.GetValue(state) ?? "open,acknowledged"), ("severity", parsed.GetValue(severity)), ("limit", parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture))],
                cancellationToken);
            if (output.Json)
                output.Document(incidents, json => json.IncidentList);
            else if (incidents.Incidents.Count == 0)
                output.Note("No incidents.");
            else
                WriteList(output, incidents.Incidents, host.Time);
            return ExitCode.Ok;
        });

        command.Subcommands.Add(Show(host, globals));
        command.Subcommands.Add(Act(host, globals, "ack", "Says that somebody sees to it.", "acknowledge", null, _ => new()));
        command.Subcommands.Add(Act(host, globals, "resolve", "Says that it is over.", "resolve", null, _ => new()));
        command.Subcommands.Add(Act(host, globals, "assign", "Says who is to see to it.", "assign", ("who", "Who; an empty text for nobody."), who => new() { Assignee = who }));
        command.Subcommands.Add(Act(host, globals, "merge", "Makes it part of another incident.", "merge", ("into", "The other incident."), into => new() { Into = into }));
        command.Subcommands.Add(Act(host, globals, "note", "Adds a line to its timeline.", "notes", ("text", "The line."), text => new() { Text = text }));
        return command;
    }

    private static Command Show(CliHost host, GlobalOptions globals)
    {
        var id = Id();
        var command = new Command("show", "Shows everything about an incident: probable cause, alerts, timeline.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.ConnectToAlerting(host, parsed);
            Write(output, await api.GetIncidentAsync(parsed.GetRequiredValue(id), cancellationToken), host.Time);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Act(
        CliHost host, GlobalOptions globals, string name, string description, string verb, (string Name, string Description)? argument,
        Func<string, IncidentAction> make)
    {
        var id = Id();
        var by = new Option<string?>("--by") { Description = "Who does it; else $USER.", HelpName = "name" };
        var command = new Command(name, description) { id, by };
        var value = argument is { } needed ? new Argument<string>(needed.Name) { Description = needed.Description } : null;
        if (value is not null)
            command.Arguments.Add(value);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.ConnectToAlerting(host, parsed);
            var who = parsed.GetValue(by) ?? host.Variable("USER") ?? "";
            var action = make(value is null ? "" : parsed.GetRequiredValue(value)) with { By = who };
            var incident = await api.ActAsync(parsed.GetRequiredValue(id), verb, action, cancellationToken);
            if (output.Json)
                output.Document(incident, json => json.Incident);
            else
                WriteList(output, [incident], host.Time);
            return ExitCode.Ok;
        });
        return command;
    }

    // What cannot be an id never becomes part of an address.
    private static Argument<string> Id()
    {
        var id = new Argument<string>("id") { Description = "The incident." };
        id.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !TaskId.IsValid(token.Value)))
                result.AddError($"'{token.Value}' is no incident's id; 'agentctl incidents' lists them.");
        });
        return id;
    }

    private static void WriteList(Output output, IReadOnlyList<Incident> incidents, TimeProvider time)
    {
        var table = new FittedTable(output.Screen, ("ID", 0), ("STATE", 0), ("SEVERITY", 1), ("ALERTS", 3), ("AGE", 2), ("ASSIGNEE", 4), ("TITLE", 0));
        foreach (var incident in incidents)
        {
            table.Add(
                incident.Id,
                TaskTable.State(incident.State.ToName()),
                TaskTable.State(incident.Severity.ToName()),
                incident.Alerts.Count.ToString(CultureInfo.InvariantCulture),
                Format.Duration((incident.ResolvedAt ?? time.GetUtcNow()) - incident.OpenedAt),
                incident.Assignee,
                incident.Title);
        }
        output.Screen.Write(table.Build());
    }

    private static void Write(Output output, Incident incident, TimeProvider time)
    {
        if (output.Json)
        {
            output.Document(incident, json => json.Incident);
            return;
        }
        output.Line(incident.Title);
        output.Line("");
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true }).AddColumn();
        void Row(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                grid.AddRow(new Text(name), new Text(Format.Printable(value)));
        }

        Row("Id", incident.Id);
        Row("State", incident.State.ToName());
        Row("Severity", incident.Severity.ToName());
        Row("Opened", Format.Moment(incident.OpenedAt));
        Row("Acknowledged", incident.AcknowledgedAt is { } acknowledged ? $"{Format.Moment(acknowledged)} by {incident.AcknowledgedBy}" : null);
        Row("Assignee", incident.Assignee);
        Row("Resolved", incident.ResolvedAt is { } resolved ? $"{Format.Moment(resolved)}{(incident.ResolvedBy is { } by ? $" by {by}" : "")}" : null);
        Row("Part of", incident.MergedInto);
        Row("Probably", incident.Cause?.Text);
        output.Screen.Write(grid);
        foreach (var reason in incident.Cause?.Reasons ?? [])
            output.Line($"  {reason}");
        output.Line("");
        AlertsCommand.Write(output, incident.Alerts, time, withIncident: false);
        output.Line("");
        foreach (var entry in incident.Timeline)
            output.Line($"{Format.Moment(entry.At)}  {entry.Text}{(entry.By is { } who ? $" ({who})" : "")}");
    }
}
