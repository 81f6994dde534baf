namespace AgentSystem.Workers.Agents;

/// <summary>An agent that this process has not got.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Remedy">For people: what it needs.</param>
public sealed record AbsentAgent(string Name, string Remedy);
