using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using AgentSystem.Cli.Commands;
using AgentSystem.Cli.Terminal;

namespace AgentSystem.Cli;

/// <summary>The command line as a whole: which commands there are, and how a run ends.</summary>
internal static class AgentCtl
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliHost host, CancellationToken cancellationToken = default)
    {
        // '@' may begin a file's name; it is no response file here.
        var parsed = Build(host).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
            return Refuse(host, parsed);

        var invocation = new InvocationConfiguration { Output = host.Out, Error = host.Error, EnableDefaultExceptionHandler = false };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (CliException e)
        {
            host.Error.WriteLine($"agentctl: {Format.Printable(e.Message)}");
            foreach (var line in e.Details)
                host.Error.WriteLine($"  {Format.Printable(line)}");
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    internal static RootCommand Build(CliHost host)
    {
        var globals = new GlobalOptions();
        var root = new RootCommand("Gives work to the agents and shows what becomes of it.")
        {
            SubmitCommand.Build(host, globals),
            WatchCommand.Build(host, globals),
            ShowCommand.Build(host, globals),
            WhyCommand.Build(host, globals),
            ListCommand.Build(host, globals),
            DeadCommand.Build(host, globals),
            WorkersCommand.Build(host, globals),
            AlertsCommand.Build(host, globals),
            IncidentsCommand.Build(host, globals),
            ChangeCommand.Build(host, globals),
            QuestionsCommand.Build(host, globals),
            QuestionsCommand.BuildAnswer(host, globals),
            BudgetCommand.Build(host, globals),
            CancelCommand.Build(host, globals),
            ReplayCommand.Build(host, globals),
            ChaosCommand.Build(host, globals),
        };
        globals.AddTo(root);
        HelpWithExitCodes.Install(root);
        return root;
    }

    private static int Refuse(CliHost host, ParseResult parsed)
    {
        foreach (var error in parsed.Errors)
            host.Error.WriteLine($"agentctl: {Format.Printable(error.Message)}");
        var path = string.Join(' ', Path(parsed.CommandResult));
        host.Error.WriteLine($"  '{path} --help' says what it takes.");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> Path(CommandResult result) =>
        result.Parent is CommandResult parent ? Path(parent).Append(result.Command.Name) : ["agentctl"];
}
