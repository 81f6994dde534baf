using System.CommandLine;
using System.Globalization;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;
using Spectre.Console;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl why</c>: where a task's time went, what failed, what was unusual, what coincided.</summary>
internal static class WhyCommand
{
    private const int BarWidth = 32;

    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var id = TaskIdArguments.One("The task.");
        var command = new Command("why", "Explains a task: where its time went, what failed, what was unusual, what else happened.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var why = await api.ExplainAsync(parsed.GetRequiredValue(id), cancellationToken);
            if (output.Json)
                output.Document(why, json => json.TaskExplanation);
            else
                Write(output, why);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(Output output, TaskExplanation why)
    {
        output.Line(why.Headline);
        output.Line("");
        output.Screen.Write(Parts(output.Screen, why));
        Section(output, "What failed", why.Failures.Select(Failure));
        Section(output, "What was unusual", why.Unusual.Select(u => u.Text));
        Section(output, "What coincided", why.Coincided.Select(c => c.Tasks.Count > 0 ? $"{c.Text} ({Named(c)})" : c.Text));
        Section(output, "To know", [.. why.Notes, .. why.Sources.Where(s => s.Status is EvidenceStatus.Off or EvidenceStatus.Unavailable).Select(s => $"{s.Name}: {s.Detail}")]);
        output.Line("");
        output.Line($"Task {why.TaskId}: {why.State.ToName()}, {why.Type}, {why.Worker}, attempt {why.Attempt}, from {Format.Moment(why.From)}");
        if (why.CorrelationId is not null)
            output.Line($"Trace id {why.CorrelationId}");
        if (why.TraceIds.Where(t => t != why.CorrelationId).ToList() is { Count: > 0 } others)
            output.Line($"Traces of later attempts: {string.Join(", ", others)}");
    }

    private static Table Parts(IAnsiConsole screen, TaskExplanation why)
    {
        var table = new FittedTable(screen, ("PART", 0), ("TIME", 0), ("SHARE", 1), ("", 2), ("DETAIL", 0));
        foreach (var part in why.Parts.Where(p => p.Seconds > 0))
        {
            var style = new Style(part.Part switch
            {
                TimePart.Queue or TimePart.Slot => Color.Yellow,
                TimePart.Retries or TimePart.Unexplained => Color.Red,
                TimePart.Agent or TimePart.Model or TimePart.Tool => Color.Green,
                _ => Color.Grey,
            });
            table.Add(
                Name(part.Part),
                Format.Duration(TimeSpan.FromSeconds(part.Seconds)),
                string.Create(CultureInfo.InvariantCulture, $"{part.Share * 100:0.0} %"),
                new FittedTable.Cell(Bar(part.Share), style),
                part.Detail);
        }
        return table.Build();
    }

    // What took any time at all is to be seen.
    private static string Bar(double share) => new('█', Math.Clamp((int)Math.Round(share * BarWidth), 1, BarWidth));

    private static string Name(TimePart part) => part switch
    {
        TimePart.Queue => "in the queue",
        TimePart.Slot => "waiting for a slot",
        TimePart.Transport => "on the way",
        TimePart.Agent => "agent",
        TimePart.Model => "model",
        TimePart.Tool => "tools",
        TimePart.Retries => "retries",
        TimePart.Settlement => "settlement",
        _ => "unexplained",
    };

    private static string Failure(ExplainedFailure failure)
    {
        var attempt = failure.Attempt is { } number ? $", attempt {number}" : "";
        var what = failure.Source switch { FailureSource.Attempt => "failed with", FailureSource.Span => "span", _ => "logged" };
        return $"{Format.Moment(failure.At)} {failure.Where}{attempt} {what} {failure.Type}: {failure.Message}";
    }

    private static string Named(Coincidence coincidence) =>
        string.Join(", ", coincidence.Tasks) + (coincidence.Tasks.Count < coincidence.Count ? ", …" : "");

    private static void Section(Output output, string title, IEnumerable<string> lines)
    {
        foreach (var (i, line) in lines.Index())
        {
            if (i == 0)
            {
                output.Line("");
                output.Line(title);
            }
            output.Line($"  {line}");
        }
    }
}
