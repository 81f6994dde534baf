namespace AgentSystem.WebConsole.Resources;

/// <summary>How a command went, for people.</summary>
/// <param name="Text">What is said.</param>
/// <param name="IsFailure">Whether it went wrong.</param>
public sealed record CommandReport(string Text, bool IsFailure);
