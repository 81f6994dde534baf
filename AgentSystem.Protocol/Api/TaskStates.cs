namespace AgentSystem.Protocol.Api;

/// <summary>The words for <see cref="TaskState"/>, and which of them are the end.</summary>
public static class TaskStates
{
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
