using System.CommandLine;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Spectre.Console;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl show</c>: everything that is known about one task.</summary>
internal static class ShowCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var id = TaskIdArguments.One("The task.");
        var command = new Command("show", "Shows everything about a task: its life, errors, input, output and trace.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var task = await api.GetTaskAsync(parsed.GetRequiredValue(id), cancellationToken);
            if (output.Json)
                output.Document(task, json => json.TaskView);
            else
                Write(output, task, host.Time);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(Output output, TaskView task, TimeProvider time)
    {
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true }).AddColumn();
        void Row(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                grid.AddRow(new Text(name), new Text(Format.Printable(value)));
        }

        Row("Id", task.Id);
        grid.AddRow(new Text("State"), new Text(task.State.ToName(), TaskTable.State(task.State.ToName()).Style));
        Row("Type", task.Type);
        Row("Priority", task.Priority.ToName());
        Row("Worker", task.Worker);
        Row("Attempt", $"{task.Attempt} of {task.MaxAttempts}");
        Row("Progress", Format.Percent(task.Progress));
        Row("Message", task.Message);
        Row("Trace id", task.CorrelationId);
        Row("Created", Format.Moment(task.CreatedAt));
        Row("Started", Format.Moment(task.StartedAt));
        Row("Finished", Format.Moment(task.FinishedAt));
        Row("Took", Format.Duration((task.FinishedAt ?? time.GetUtcNow()) - task.CreatedAt) + (task.FinishedAt is null ? " so far" : ""));
        Row("Next attempt", Format.Moment(task.DueAt));
        Row("Deadline", Format.Moment(task.Deadline));
        Row("Idempotency key", task.IdempotencyKey);
        Row("Replay of", task.ReplayOf);
        Row("Handed in by", task.ParentId);
        Row("Cost", task.CostUsd is { } cost ? Format.Usd(cost) : null);
        output.Screen.Write(grid);

        if (task.Errors.Count > 0)
        {
            output.Line("");
            // Every word of an error counts, so that its message has a line of its own.
            foreach (var error in task.Errors)
            {
                output.Line($"Attempt {error.Attempt} failed at {Format.Moment(error.At)}: {error.Type}{(error.Retryable ? "" : " (not retryable)")}");
                output.Line($"  {error.Message}");
            }
        }
        Section(output, "Payload", task.Payload);
        Section(output, "Output", task.Output);
    }

    private static void Section(Output output, string title, System.Text.Json.JsonElement? value)
    {
        if (value is not { } json)
            return;
        output.Line("");
        output.Line(title);
        foreach (var line in Output.Pretty(json).Split('\n'))
            output.Line(line);
    }
}
