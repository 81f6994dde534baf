using System.CommandLine;
using System.Globalization;
using AgentSystem.Cli.Api;
using AgentSystem.Cli.Terminal;
using AgentSystem.Cli.Watching;
using AgentSystem.Protocol.Api;
using Spectre.Console;

namespace AgentSystem.Cli.Commands;

/// <summary><c>agentctl watch</c>: what happens, as it happens.</summary>
internal static class WatchCommand
{
    /// <summary>How many of the newest tasks a watcher begins with.</summary>
    private const int SnapshotSize = 100;

    private static readonly string Unsettled = string.Join(',', Enum.GetValues<TaskState>().Where(s => !s.IsSettled()).Select(s => s.ToName()));

    public static Command Build(CliHost host, GlobalOptions globals)
    {
        var ids = TaskIdArguments.Many("Watch these tasks only, until they are settled.", ArgumentArity.ZeroOrMore);
        var once = new Option<bool>("--once") { Description = "Show what is there now, and end." };
        var untilIdle = new Option<bool>("--until-idle") { Description = "End once no task is waiting or under way." };
        var timeout = TimeoutOption.New();
        var command = new Command("watch", "Shows tasks as they change: a live table at a terminal, else a line for each event.") { ids, once, untilIdle, timeout };
        command.Validators.Add(result =>
        {
            if (result.GetValue(once) && (result.GetValue(untilIdle) || result.GetValue(ids) is { Length: > 0 }))
                result.AddError("--once shows everything once; leave out --until-idle and ids.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var output = globals.OpenOutput(host, parsed);
            using var api = globals.Connect(host, parsed);
            var wanted = (parsed.GetValue(ids) ?? []).ToHashSet(StringComparer.Ordinal);
            return await TimeoutOption.LimitAsync(parsed.GetValue(timeout), host.Time, token =>
                parsed.GetValue(once) ? OnceAsync(host, output, api, token)
                : FollowAsync(host, output, api, wanted, parsed.GetValue(untilIdle), token), cancellationToken);
        });
        return command;
    }

    private static async Task<int> OnceAsync(CliHost host, Output output, ApiClient api, CancellationToken cancellationToken)
    {
        PageOptions.Write(output, await SnapshotAsync(api, states: null, cancellationToken), host.Time);
        return ExitCode.Ok;
    }

    private static async Task<int> FollowAsync(
        CliHost host, Output output, ApiClient api, HashSet<string> wanted, bool untilIdle, CancellationToken cancellationToken)
    {
        var board = new WatchBoard(host.Time);
        var started = wanted.Count > 0
            ? await Task.WhenAll(wanted.Select(id => api.GetTaskAsync(id, cancellationToken)))
            : (await SnapshotAsync(api, Unsettled, cancellationToken)).Tasks.Where(t => !t.State.IsSettled()).Reverse();
        var unsettled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var task in started)
        {
            board.Add(task);
            if (!task.State.IsSettled())
                unsettled.Add(task.Id);
        }

        void OnEvent(TaskEvent item)
        {
            if (wanted.Count > 0 && !wanted.Contains(item.TaskId))
                return;
            board.Apply(item);
            if (item.Event is "completed" or "dead" or "cancelled")
                unsettled.Remove(item.TaskId);
            if (output.Json)
                output.JsonLine(item, json => json.TaskEvent);
            else if (!output.IsLive)
                output.Line(Describe(item));
        }

        async Task<bool> IsOver(CancellationToken token)
        {
            if (wanted.Count > 0)
                return await SettleAsync(api, board, unsettled, token);
            return untilIdle && (await api.GetWorkersAsync(token)).Sum(w => w.Pending + w.Ready + w.Active) == 0;
        }

        var watch = new Watcher(api, host.Time, output.IsLive ? static _ => { } : output.Note).RunAsync(OnEvent, IsOver, cancellationToken);
        if (output.IsLive)
            await DrawAsync(output.Screen, board, watch, host.Time);
        await watch;
        return board.AnyFailed ? ExitCode.TaskFailed : ExitCode.Ok;
    }

    /// <summary>Looks at the tasks themselves: their last event may have gone by before we listened.</summary>
    private static async Task<bool> SettleAsync(ApiClient api, WatchBoard board, HashSet<string> unsettled, CancellationToken cancellationToken)
    {
        foreach (var id in unsettled.ToList())
        {
            var task = await api.GetTaskAsync(id, cancellationToken);
            if (!task.State.IsSettled())
                return false;
            board.Add(task);
            unsettled.Remove(id);
        }
        return true;
    }

    private static Task<TaskPage> SnapshotAsync(ApiClient api, string? states, CancellationToken cancellationToken) =>
        api.ListAsync("tasks", [("state", states), ("limit", SnapshotSize.ToString(CultureInfo.InvariantCulture))], cancellationToken);

    private static async Task DrawAsync(IAnsiConsole console, WatchBoard board, Task watch, TimeProvider time)
    {
        await console.Live(board.Render(console, console.Profile.Height)).StartAsync(async context =>
        {
            while (!watch.IsCompleted)
            {
                await Task.WhenAny(watch, Task.Delay(TimeSpan.FromMilliseconds(250), time));
                context.UpdateTarget(board.Render(console, console.Profile.Height));
            }
        });
    }

    private static string Describe(TaskEvent item)
    {
        var time = item.At.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        return $"{time}  {item.TaskId}  {item.Event,-10} {item.Worker} #{item.Attempt}  {Format.Percent(item.Progress)} {item.Message}".TrimEnd();
    }
}
