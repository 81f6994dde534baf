using AgentSystem.Cli.Terminal;
using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AgentSystem.Cli.Watching;

/// <summary>What a watcher knows: the latest of each task, and how many ended how. It keeps all that are under way and the last that are settled.</summary>
internal sealed class WatchBoard(TimeProvider time)
{
    /// <summary>Settled tasks that are remembered; the display shows fewer.</summary>
    private const int SettledKept = 200;

    private readonly Dictionary<string, Row> _underWay = new(StringComparer.Ordinal);
    private readonly LinkedList<Row> _settled = new();
    private readonly Lock _lock = new();
    private int _completed, _dead, _cancelled;
    private long _touched;

    /// <summary>Whether a task that was seen ended dead or cancelled.</summary>
    public bool AnyFailed
    {
        get { lock (_lock) return _dead + _cancelled > 0; }
    }

    /// <summary>Takes over a task as a list shows it.</summary>
    public void Add(TaskView task)
    {
        lock (_lock)
            Put(new Row(task.Id, task.State.ToName(), task.Worker, task.Attempt, task.Progress, TaskTable.Summary(task),
                task.FinishedAt ?? task.StartedAt ?? task.CreatedAt, ++_touched));
    }

    /// <summary>Applies an event. A status line's word changes what is shown, only a state ends a task.</summary>
    public void Apply(TaskEvent item)
    {
        lock (_lock)
        {
            _underWay.TryGetValue(item.TaskId, out var before);
            Put(new Row(item.TaskId, item.Event, item.Worker, item.Attempt,
                item.Progress ?? (before?.Attempt == item.Attempt ? before.Progress : null), item.Message ?? "", item.At, ++_touched));
        }
    }

    /// <summary>The board as it is now, in at most <paramref name="height"/> lines: the tasks that changed last.</summary>
    public IRenderable Render(IAnsiConsole console, int height)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var table = new FittedTable(console, ("ID", 0), ("STATE", 0), ("WORKER", 1), ("TRY", 4), ("DONE", 2), ("AGO", 3), ("MESSAGE", 0));
            var room = Math.Max(1, height - 5);
            var active = _underWay.Values.OrderByDescending(r => r.Touched).Take(room).ToList();
            foreach (var row in active.Concat(_settled.Take(room - active.Count)))
            {
                table.Add(
                    row.Id, TaskTable.State(row.State), row.Worker, $"{row.Attempt}", Format.Percent(row.Progress), Format.Duration(now - row.At), row.Message);
            }
            return new Rows(table.Build(), new Text($"{_underWay.Count} under way · {_completed} completed · {_dead} dead · {_cancelled} cancelled"));
        }
    }

    private void Put(Row row)
    {
        // Seen ended twice (by an event and by a look at the task) it still counts once.
        if (_settled.Any(r => r.Id == row.Id))
            return;
        if (row.State is not ("completed" or "dead" or "cancelled"))
        {
            _underWay[row.Id] = row;
            return;
        }
        _underWay.Remove(row.Id);
        _settled.AddFirst(row);
        if (_settled.Count > SettledKept)
            _settled.RemoveLast();
        _ = row.State switch { "completed" => _completed++, "dead" => _dead++, _ => _cancelled++ };
    }

    private sealed record Row(string Id, string State, string Worker, int Attempt, double? Progress, string Message, DateTimeOffset At, long Touched);
}
