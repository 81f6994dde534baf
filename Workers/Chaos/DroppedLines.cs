using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;
using AgentSystem.Workers.Status;

namespace AgentSystem.Workers.Chaos;

/// <summary><c>dropped-lines</c>: status lines are lost, and whoever sent them believes that they arrived.</summary>
internal sealed class DroppedLines : IFault, ILineFault
{
    private volatile bool _losesLines;

    public string Name => FaultCatalog.DroppedLines;

    public bool LosesLines => _losesLines;

    public void Begin(FaultOrder order) => _losesLines = true;

    public void End() => _losesLines = false;
}
