using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;
using AgentSystem.Workers.Agents;
using AgentSystem.Workers.Agents.Claude.Models;
using Prometheus;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Workers.Chaos;

/// <summary><c>claude-errors</c>: calls of the model end with an error of its API, counted and retried as if it had come from there.</summary>
internal sealed class ClaudeErrors : IFault, IModelFault
{
    private readonly Dictionary<string, Counter.Child> _errors;
    private volatile Doing? _doing;

    public ClaudeErrors(IMetricFactory metrics)
    {
        var errors = metrics.CreateCounter(
            TelemetryNames.Metrics.ClaudeApiErrors, "Calls of the model that ended with an error of its API.", [Labels.ErrorType]);
        _errors = FaultCatalog.ModelErrors.ToDictionary(error => error, error => errors.WithLabels(ModelErrorKinds.OfType(error).ToName()));
    }

    public string Name => FaultCatalog.ClaudeErrors;

    public void Begin(FaultOrder order) =>
        _doing = new(order.Parameters[FaultCatalog.Parameters.Error], order.Number(FaultCatalog.Parameters.Share));

    public void End() => _doing = null;

    public void BeforeCall()
    {
        if (_doing is not { } doing || !Dice.Hits(doing.Share))
            return;
        _errors[doing.Error].Inc();
        throw new AgentException(
            doing.Error, $"The model's API answered {doing.Error}: this was injected on purpose ('agentctl chaos list' says by whom).",
            retryable: ModelErrorKinds.OfType(doing.Error).IsTransient());
    }

    private sealed record Doing(string Error, double Share);
}
