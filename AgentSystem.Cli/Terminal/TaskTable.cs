using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Spectre.Console;

namespace AgentSystem.Cli.Terminal;

/// <summary>Tasks as rows.</summary>
internal static class TaskTable
{
    /// <summary>More rows than this tell people nothing; <c>--json</c> has them all.</summary>
    private const int MaxRows = 100;

    /// <summary>Of a path, its end says most.</summary>
    private const int InputLength = 48;

    /// <param name="output">Where to.</param>
    /// <param name="tasks">The rows.</param>
    /// <param name="time">For the age of what is not settled.</param>
    /// <param name="inputs">What each task was made of, in the same order; null where that is not known.</param>
    public static void Write(Output output, IReadOnlyList<TaskView> tasks, TimeProvider time, IReadOnlyList<string>? inputs = null)
    {
        var table = new FittedTable(output.Screen,
            [("ID", 0), ("STATE", 0), .. inputs is null ? [] : new[] { ("INPUT", 1) }, ("TYPE", 4), ("PRIORITY", 6), ("WORKER", 2), ("TRY", 5), ("TIME", 3), ("TRACE", 7), ("MESSAGE", 0)]);
        foreach (var (i, task) in tasks.Take(MaxRows).Index())
        {
            table.Add(
            [
                task.Id,
                State(task.State.ToName()),
                .. inputs is null ? [] : new FittedTable.Cell[] { End(inputs[i]) },
                task.Type,
                task.Priority.ToName(),
                task.Worker,
                $"{task.Attempt}/{task.MaxAttempts}",
                Format.Duration((task.FinishedAt ?? time.GetUtcNow()) - task.CreatedAt),
                task.CorrelationId,
                Summary(task),
            ]);
        }
        output.Screen.Write(table.Build());
        if (tasks.Count > MaxRows)
            output.Note($"… and {Format.Count(tasks.Count - MaxRows, "more task")}; --json has them all.");
    }

    /// <summary>A state, or a status line's word, in its colour.</summary>
    public static FittedTable.Cell State(string word) => new(word, new Style(word switch
    {
        "completed" or "alive" or "resolved" => Color.Green,
        "dead" or "failed" or "gone" or "open" or "critical" or "firing" => Color.Red,
        "retrying" or "released" or "draining" or "warning" or "flapping" => Color.Yellow,
        "cancelled" or "merged" or "suppressed" => Color.Grey,
        "acknowledged" or "active" or "claimed" or "started" or "progress" or "tool" => Color.Aqua,
        _ => Color.Default,
    }));

    /// <summary>What there is to say about the task in a few words: why it failed, else how far it is.</summary>
    public static string Summary(TaskView task)
    {
        if (task.State is TaskState.Dead or TaskState.Retrying && task.Errors is [.., var error])
            return $"{error.Type}: {error.Message}";
        return task.Progress is { } progress && !task.State.IsSettled() ? $"{Format.Percent(progress)} {task.Message}" : task.Message ?? "";
    }

    private static string End(string path) => path.Length <= InputLength ? path : string.Concat("…", path.AsSpan(path.Length - InputLength + 1));
}
