using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Prometheus;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Orchestrator.Budget;

/// <summary>The metrics of the purse.</summary>
public sealed class BudgetInstruments
{
    private static readonly string[] Scopes = ["task", "worker", "day", "month"];

    private readonly Gauge _limit, _spent, _reserved, _open, _openLimit;
    private readonly Counter _refused, _expired;

    /// <summary>Registers them; what counts is there at zero.</summary>
    public BudgetInstruments(IMetricFactory metrics)
    {
        _limit = metrics.CreateGauge(TelemetryNames.Metrics.BudgetLimit, "What may be spent in the worker's day, the day or the month, in USD.", [Labels.Scope, Labels.Worker]);
        _spent = metrics.CreateGauge(TelemetryNames.Metrics.BudgetSpent, "What was spent of it, in USD.", [Labels.Scope, Labels.Worker]);
        _reserved = metrics.CreateGauge(TelemetryNames.Metrics.BudgetReserved, "What is held for model calls under way, in USD.", [Labels.Scope, Labels.Worker]);
        _refused = metrics.CreateCounter(TelemetryNames.Metrics.BudgetRefused, "Model calls refused because they would have passed a ceiling.", [Labels.Scope]);
        _expired = metrics.CreateCounter(TelemetryNames.Metrics.BudgetExpired, "Model calls that nobody settled in time, counted in full.");
        _open = metrics.CreateGauge(TelemetryNames.Metrics.ModelCallsOpen, "Model calls of all workers that are under way.");
        _openLimit = metrics.CreateGauge(TelemetryNames.Metrics.ModelCallsLimit, "Model calls that may be under way at once.");
        foreach (var scope in Scopes)
            _refused.WithLabels(scope);
    }

    /// <summary>A call was refused because of this ceiling.</summary>
    public void Refused(string scope) => _refused.WithLabels(scope).Inc();

    /// <summary>So many calls were counted in full.</summary>
    public void Expired(int calls) => _expired.Inc(calls);

    /// <summary>Publishes the ceilings.</summary>
    public void Show(BudgetView budget)
    {
        foreach (var ceiling in budget.Ceilings)
        {
            string[] labels = [ceiling.Scope, ceiling.Worker ?? ""];
            _limit.WithLabels(labels).Set((double)ceiling.LimitUsd);
            _spent.WithLabels(labels).Set((double)ceiling.SpentUsd);
            _reserved.WithLabels(labels).Set((double)ceiling.ReservedUsd);
        }
        _open.Set(budget.OpenCalls);
        _openLimit.Set(budget.MaxCalls);
    }
}
