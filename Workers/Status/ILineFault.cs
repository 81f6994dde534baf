namespace AgentSystem.Workers.Status;

/// <summary>Comes between a worker and its pipe where a fault is injected on purpose.</summary>
public interface ILineFault
{
    /// <summary>Whether status lines are lost now, as if they had been written.</summary>
    bool LosesLines { get; }
}
