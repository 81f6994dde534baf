namespace AgentSystem.Workers.Agents;

/// <summary>A text to work on.</summary>
/// <param name="Path">Where it came from; null when the payload held it.</param>
/// <param name="Text">Its content, without a byte order mark.</param>
/// <param name="Bytes">Its size as UTF-8, in bytes.</param>
public sealed record Document(string? Path, string Text, int Bytes);
