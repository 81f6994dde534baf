namespace AgentSystem.Workers.Agents;

/// <summary>The task cannot be done, and the agent knows why.</summary>
/// <param name="errorType">A stable, low-cardinality name such as <c>file_not_found</c>; becomes the label <c>error_type</c>.</param>
/// <param name="message">For people: what went wrong and what to do about it.</param>
/// <param name="retryable">False when another attempt cannot end differently.</param>
public sealed class AgentException(string errorType, string message, bool retryable = false) : Exception(message)
{
    /// <summary>A stable, low-cardinality name such as <c>file_not_found</c>.</summary>
    public string ErrorType { get; } = errorType;

    /// <summary>False when another attempt cannot end differently.</summary>
    public bool Retryable { get; } = retryable;
}
