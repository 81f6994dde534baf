namespace AgentSystem.Cli.Terminal;

/// <summary>Ends the run with a message for people and an exit code for programs.</summary>
internal class CliException(int exitCode, string message, params IReadOnlyList<string> details) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>Lines below the message: causes, fields, what to do.</summary>
    public IReadOnlyList<string> Details { get; } = details;
}
