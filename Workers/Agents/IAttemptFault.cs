namespace AgentSystem.Workers.Agents;

/// <summary>Comes between a worker and its agent where a fault is injected on purpose.</summary>
public interface IAttemptFault
{
    /// <summary>Runs before the agent does: returns at once, or late, or fails as the agent would.</summary>
    /// <param name="cancellation">Cancelled when the result is no longer wanted.</param>
    /// <exception cref="AgentException">The attempt fails.</exception>
    Task BeforeAsync(CancellationToken cancellation);
}
