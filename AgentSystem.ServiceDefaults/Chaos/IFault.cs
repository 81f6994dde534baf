using AgentSystem.Protocol;

namespace AgentSystem.ServiceDefaults.Chaos;

/// <summary>
/// A fault that this process does to itself. Of one kind there is one at a time. What it leaves behind when the process dies has to be
/// nothing, or be cleared away when the next one starts.
/// </summary>
public interface IFault
{
    /// <summary>Its name in <see cref="FaultCatalog"/>.</summary>
    string Name { get; }

    /// <summary>Why it cannot be done here and now, and what to do about that; null when it can.</summary>
    string? Refuse(FaultOrder order) => null;

    /// <summary>Has it begin. Returns at once.</summary>
    void Begin(FaultOrder order);

    /// <summary>Undoes it.</summary>
    void End();
}
