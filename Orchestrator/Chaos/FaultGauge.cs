using AgentSystem.Protocol;
using AgentSystem.Protocol.Api;
using Prometheus;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>
/// <c>chaos_fault_active</c>, for dashboards to mark when a fault was there. Each fault has a series from the start on, without a worker; that of
/// a worker comes and goes with its fault.
/// </summary>
internal sealed class FaultGauge
{
    private readonly Gauge _gauge;

    public FaultGauge(IMetricFactory metrics)
    {
        _gauge = metrics.CreateGauge(
            TelemetryNames.Metrics.ChaosFaultActive, "1 while the fault is injected on purpose; the worker 'all' stands for all of them.", [Labels.Fault, Labels.Worker]);
        foreach (var kind in FaultCatalog.All)
            _gauge.WithLabels(kind.Name, "").Set(0);
    }

    internal void Set(InjectedFault fault, bool isActive)
    {
        var worker = fault.Worker ?? (FaultCatalog.Find(fault.Fault) is { TakesWorker: true } ? "all" : "");
        if (isActive || worker.Length == 0)
            _gauge.WithLabels(fault.Fault, worker).Set(isActive ? 1 : 0);
        else
            _gauge.RemoveLabelled(fault.Fault, worker);
    }
}
