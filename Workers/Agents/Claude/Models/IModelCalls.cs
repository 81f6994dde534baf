using AgentSystem.Protocol;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>The one way to a model.</summary>
public interface IModelCalls
{
    /// <summary>Asks the model and returns its whole answer.</summary>
    /// <param name="request">The question.</param>
    /// <param name="task">The task that it is asked for, which pays.</param>
    /// <param name="totals">Grows by what the call has cost, whatever comes of it.</param>
    /// <param name="cancellation">Cancelled when the answer is no longer wanted.</param>
    /// <exception cref="ModelException">The model does not answer.</exception>
    /// <exception cref="AgentException">There is no money for it, or nobody to ask for money.</exception>
    Task<ModelAnswer> AskAsync(ModelRequest request, AgentTask task, RunTotals totals, CancellationToken cancellation);
}
