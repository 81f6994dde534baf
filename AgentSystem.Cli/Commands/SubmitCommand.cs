using System.CommandLine;
using AgentSystem.Cli.Api;
using AgentSystem.Cli.Submission;
using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol.Api;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl submit</c>: turns files, folders or standard input into tasks.</summary>
internal static class SubmitCommand
{
    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var options = new SubmitOptions();
        var command = new Command("submit", "Submits a task for each text file, for each one in a folder, or for a text on standard input ('-').");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            var tasks = options.ReadTasks(host, output, parsed);
            using var api = globals.Connect(host, parsed);
            return await TimeoutOption.LimitAsync(parsed.GetValue(options.Timeout), host.Time,
                token => RunAsync(host, output, api, tasks, parsed.GetValue(options.Wait), token), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CliHost host, Output output, ApiClient api, IReadOnlyList<NamedSubmission> tasks, bool wait, CancellationToken cancellationToken)
    {
        var accepted = new List<TaskView>();
        IReadOnlyList<TaskView>? settled = null;
        try
        {
            await new Submitter(api, host.Time, output.Note).SubmitAsync(tasks, wait, made =>
            {
                accepted.AddRange(made);
                if (accepted.Count < tasks.Count)
                    output.Note($"{accepted.Count} of {tasks.Count} submitted.");
            }, cancellationToken);
            if (wait && accepted.Count > 0)
                settled = await WaitAsync(host, output, api, accepted, cancellationToken);
        }
        finally
        {
            // What was accepted will be worked on, even when what came after it failed: the caller has to hear its ids.
            if (accepted.Count > 0)
                Write(host, output, tasks, settled ?? accepted);
        }
        return settled is not null && settled.Any(t => t.State != TaskState.Completed) ? ExitCode.TaskFailed : ExitCode.Ok;
    }

    private static async Task<IReadOnlyList<TaskView>> WaitAsync(
        CliHost host, Output output, ApiClient api, List<TaskView> accepted, CancellationToken cancellationToken)
    {
        var waiter = new TaskWaiter(api, host.Time, output.Note);
        var work = waiter.WaitAsync(accepted, cancellationToken);
        await ProgressDisplay.ShowAsync(output, host.Time, work, accepted.DistinctBy(t => t.Id).Count(), () => (waiter.SettledCount, waiter.Done));
        return await work;
    }

    private static void Write(CliHost host, Output output, IReadOnlyList<NamedSubmission> tasks, IReadOnlyList<TaskView> views)
    {
        if (output.Json)
            output.Document(new BatchAccepted(views), json => json.BatchAccepted);
        else
            TaskTable.Write(output, views, host.Time, [.. tasks.Select(t => t.Name)]);
    }
}
