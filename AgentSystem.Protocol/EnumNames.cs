using AgentSystem.Protocol.Api;

namespace AgentSystem.Protocol;

/// <summary>The words that the protocol, the metrics and the spans use for our enums: lower case, as in the JSON.</summary>
public static class EnumNames
{
    /// <summary>The priority as a word.</summary>
    public static string ToName(this TaskPriority priority) => priority switch
    {
        TaskPriority.Critical => "critical",
        TaskPriority.High => "high",
        TaskPriority.Normal => "normal",
        _ => "low",
    };

    /// <summary>The status as a word.</summary>
    public static string ToName(this LineStatus status) => status switch
    {
        LineStatus.Claimed => "claimed",
        LineStatus.Started => "started",
        LineStatus.Progress => "progress",
        LineStatus.Tool => "tool",
        LineStatus.Completed => "completed",
        LineStatus.Failed => "failed",
        _ => "released",
    };

    /// <summary>The state as a word.</summary>
    public static string ToName(this TaskState state) => state switch
    {
        TaskState.Pending => "pending",
        TaskState.Ready => "ready",
        TaskState.Active => "active",
        TaskState.Retrying => "retrying",
        TaskState.Completed => "completed",
        TaskState.Dead => "dead",
        _ => "cancelled",
    };

    /// <summary>Whether nothing happens to a task in this state any more.</summary>
    public static bool IsSettled(this TaskState state) => state is TaskState.Completed or TaskState.Dead or TaskState.Cancelled;
}
