namespace AgentSystem.WebConsole.Runbooks;

/// <summary>Where the runbooks are: section <c>Console</c>.</summary>
public sealed class RunbookOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Console";

    /// <summary>The folder of Markdown pages, one an alert; those that were built with the console when it is not set.</summary>
    public string RunbooksDir { get; set; } = Path.Combine(AppContext.BaseDirectory, "runbooks");
}
