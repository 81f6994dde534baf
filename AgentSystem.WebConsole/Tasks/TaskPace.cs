using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;

namespace AgentSystem.WebConsole.Tasks;

/// <summary>How often a task's page asks. What still happens to a task that is over, its events tell at once.</summary>
public static class TaskPace
{
    /// <summary>Of a task at work.</summary>
    public static readonly TimeSpan Often = TimeSpan.FromSeconds(5);

    /// <summary>Why a task at work takes as long as it does: of all questions this one is the most work for the orchestrator.</summary>
    public static readonly TimeSpan Explained = TimeSpan.FromSeconds(15);

    /// <summary>Of one that is over.</summary>
    public static readonly TimeSpan Seldom = TimeSpan.FromSeconds(30);

    // Spans, lines and with them the explanation come after the end.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    /// <summary>The pace now.</summary>
    /// <param name="task">The task; null while it is not known.</param>
    /// <param name="now">The time.</param>
    /// <param name="isAwaited">Whether something of it is to change although it is over: a backend is away, a task that it handed in is at work.</param>
    public static TimeSpan Of(TaskView? task, DateTimeOffset now, bool isAwaited = false) =>
        !isAwaited && task?.FinishedAt is { } finished && now - finished > Late ? Seldom : Often;

    /// <summary>The pace of its explanation now.</summary>
    /// <inheritdoc cref="Of"/>
    public static TimeSpan OfWhy(TaskView? task, DateTimeOffset now, bool isAwaited) =>
        !isAwaited && task is { FinishedAt: null } ? Explained : Of(task, now, isAwaited);

    /// <summary>Whether an event changes what explains a task: how far it has come does not.</summary>
    public static bool ChangesWhy(TaskEvent happened) =>
        happened.Event != LineStatus.Progress.ToName() && happened.Event != LineStatus.Tool.ToName();
}
