namespace AgentSystem.Workers.Agents;

/// <summary>
/// Stands in for the model's API where a fault is injected on purpose. Whoever calls a model asks each of these before each call and takes
/// what it throws for the API's answer.
/// </summary>
public interface IModelFault
{
    /// <summary>Does nothing, or fails as the API would.</summary>
    /// <exception cref="AgentException">The API's error; it is in <c>claude_api_errors_total</c> already.</exception>
    void BeforeCall();
}
