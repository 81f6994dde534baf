using System.CommandLine;
using System.Globalization;
using AgentSystem.Cli.Chaos;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl chaos</c>: faults on purpose, for as long as the command runs.</summary>
internal static class ChaosCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var command = new Command("chaos", "Injects faults on purpose, where that is enabled; without a fault, says which there are.");
        command.SetAction(parsed =>
        {
            WriteCatalog(globals.OpenOutput(host, parsed));
            return ExitCode.Ok;
        });
        command.Subcommands.Add(List(host, globals));
        command.Subcommands.Add(Stop(host, globals));
        foreach (var kind in FaultCatalog.All)
            command.Subcommands.Add(Inject(host, globals, kind));
        return command;
    }

    private static Command Inject(CliHost host, GlobalOptions globals, FaultKind kind)
    {
        var duration = new Option<TimeSpan>("--for") { Description = "How long at most, such as 30s or 2m.", HelpName = "duration", DefaultValueFactory = _ => TimeSpan.FromMinutes(1), CustomParser = DurationOf };
        var worker = new Option<string?>("--worker") { Description = "Only this worker; else all of them.", HelpName = "name" };
        var by = new Option<string?>("--by") { Description = "Who does it; else $USER on this machine.", HelpName = "name" };
        var parameters = kind.Parameters.Select(parameter => (parameter.Name, Option: OptionOf(parameter))).ToList();
        var command = new Command(kind.Name, $"{kind.Does} Raises {kind.Raises}.") { duration, by };
        if (kind.TakesWorker)
            command.Options.Add(worker);
        foreach (var (_, option) in parameters)
            command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var request = new FaultRequest
            {
                Fault = kind.Name,
                Worker = kind.TakesWorker ? parsed.GetValue(worker) : null,
                ForSeconds = parsed.GetValue(duration).TotalSeconds,
                Parameters = parameters.Where(p => parsed.GetValue(p.Option) is not null)
                    .ToDictionary(p => p.Name, p => System.Text.Json.JsonSerializer.SerializeToElement(parsed.GetValue(p.Option)!, ApiJson.Default.String)),
                By = Who(host, parsed.GetValue(by)),
            };
            var ended = await new FaultHolder(api, host.Time, output).HoldAsync(request, cancellationToken);
            if (output.Json)
                output.Document(ended, json => json.InjectedFault);
            return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Ok;
        });
        return command;
    }

    private static Command List(CliHost host, GlobalOptions globals)
    {
        var all = new Option<bool>("--all") { Description = "Those that are over, too." };
        var command = new Command("list", "Lists the faults that are injected now.") { all };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var faults = await api.GetFaultsAsync(parsed.GetValue(all), cancellationToken);
            if (output.Json)
                output.Document(faults, json => json.FaultList);
            else if (faults.Faults.Count > 0)
                Write(output, faults.Faults, host.Time);
            else
                output.Note(faults.Enabled ? "No faults." : "No faults; they are not enabled here.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Stop(CliHost host, GlobalOptions globals)
    {
        var ids = TaskIdArguments.Many("The faults; without any, all that are there.", ArgumentArity.ZeroOrMore);
        var by = new Option<string?>("--by") { Description = "Who does it; else $USER on this machine.", HelpName = "name" };
        var command = new Command("stop", "Ends faults.") { ids, by };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var wanted = parsed.GetValue(ids) is { Length: > 0 } named ? named : [.. (await api.GetFaultsAsync(all: false, cancellationToken)).Faults.Select(fault => fault.Id)];
            var ended = new List<InjectedFault>();
            foreach (var id in wanted)
                ended.Add(await api.EndFaultAsync(id, Who(host, parsed.GetValue(by)), cancellationToken));
            if (output.Json)
                output.Document(new FaultList(true, ended), json => json.FaultList);
            else if (ended.Count > 0)
                Write(output, ended, host.Time);
            else
                output.Note("No faults.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Who(CliHost host, string? given) =>
        given ?? $"{(host.Variable("USER") is { Length: > 0 } user ? user : "somebody")}@{host.MachineName} with agentctl";

    private static Option<string?> OptionOf(FaultParameter parameter)
    {
        var option = new Option<string?>($"--{parameter.Name.Replace('_', '-')}")
        {
            Description = $"{parameter.Description} Else {parameter.Default}.",
            HelpName = parameter.Choices.Count > 0 ? "word" : "number",
        };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (parameter.Judge(token.Value) is { } error)
                    result.AddError($"{option.Name} {error}.");
        });
        return option;
    }

    private static TimeSpan DurationOf(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (Durations.TryParse(result.Tokens[0].Value, out var duration))
            return duration;
        result.AddError($"'{result.Tokens[0].Value}' is no duration; write it as 30s or 2m.");
        return default;
    }

    private static void WriteCatalog(Output output)
    {
        var table = new FittedTable(output.Screen, ("FAULT", 0), ("RAISES", 1), ("OPTIONS", 2), ("WHAT IT DOES", 0));
        foreach (var kind in FaultCatalog.All)
            table.Add(kind.Name, kind.Raises, string.Join(' ', kind.Parameters.Select(p => $"--{p.Name.Replace('_', '-')} {p.Default}")), kind.Does);
        output.Screen.Write(table.Build());
        output.Note("agentctl chaos <fault> [--worker marie] [--for 2m] does it, and undoes it when it ends.");
    }

    private static void Write(Output output, IReadOnlyList<InjectedFault> faults, TimeProvider time)
    {
        var table = new FittedTable(output.Screen, ("ID", 0), ("FAULT", 0), ("WORKER", 1), ("STATE", 0), ("STARTED", 3), ("FOR", 2), ("BY", 0), ("PARAMETERS", 4), ("ENDED BY", 5));
        foreach (var fault in faults)
        {
            table.Add(
                fault.Id, fault.Fault, fault.Worker ?? (FaultCatalog.Find(fault.Fault)?.TakesWorker == true ? "all" : ""), fault.Ended?.ToName() ?? "active",
                Format.Moment(fault.StartedAt), Format.Duration((fault.EndedAt ?? time.GetUtcNow()) - fault.StartedAt), fault.By,
                string.Join(' ', fault.Parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}={p.Value}"))), fault.EndedBy);
        }
        output.Screen.Write(table.Build());
    }
}
