namespace AgentSystem.WebConsole.Resources;

/// <summary>The question that the pages about resources share.</summary>
internal static class ResourcePolls
{
    /// <summary>A state that lasts shorter than this may pass unseen.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);
}
