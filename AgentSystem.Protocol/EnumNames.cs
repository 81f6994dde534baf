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
}
