using AgentSystem.Protocol.Api;
using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>How long a task takes, for lists.</summary>
public static class TaskTimes
{
    /// <summary>From acceptance to settlement, or to now.</summary>
    public static TimeSpan Wall(TaskView task, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(task);
        var end = task.FinishedAt ?? now;
        // The orchestrator's clock need not be ours.
        return end > task.CreatedAt ? end - task.CreatedAt : TimeSpan.Zero;
    }

    /// <summary>The same for people.</summary>
    public static string WallText(TaskView task, DateTimeOffset now) => Durations.Text(Coarse(Wall(task, now), task.FinishedAt is null));

    // A duration that still grows is not told to the millisecond.
    private static TimeSpan Coarse(TimeSpan duration, bool grows) => grows ? TimeSpan.FromSeconds(Math.Floor(duration.TotalSeconds)) : duration;
}
