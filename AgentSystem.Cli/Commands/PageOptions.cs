using System.CommandLine;
using System.Globalization;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary>What lists have in common: how much of them, and from where on.</summary>
internal sealed class PageOptions
{
    private readonly Option<int> _limit = new("--limit") { Description = "How many at most.", HelpName = "number", DefaultValueFactory = _ => 50 };

    private readonly Option<string?> _cursor = new("--cursor") { Description = "Where to go on; the page before names it.", HelpName = "cursor" };

    public void AddTo(Command command)
    {
        _limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) || number < 1))
                result.AddError("--limit takes a number from 1.");
        });
        command.Options.Add(_limit);
        command.Options.Add(_cursor);
    }

    public IEnumerable<(string Name, string? Value)> Filters(ParseResult parsed) =>
        [("limit", parsed.GetValue(_limit).ToString(CultureInfo.InvariantCulture)), ("cursor", parsed.GetValue(_cursor))];

    public static void Write(Output output, TaskPage page, TimeProvider time)
    {
        if (output.Json)
        {
            output.Document(page, json => json.TaskPage);
            return;
        }
        if (page.Tasks.Count == 0)
            output.Note("No tasks.");
        else
            TaskTable.Write(output, page.Tasks, time);
        if (page.Next is { } next)
            output.Note($"There are more: --cursor {next}");
    }
}
