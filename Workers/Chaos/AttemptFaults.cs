using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;
using AgentSystem.Workers.Agents;

namespace AgentSystem.Workers.Chaos;

/// <summary><c>slow-agent</c>: each attempt takes longer. What waits when the fault ends goes on at once.</summary>
internal sealed class SlowAgent(TimeProvider time) : IFault, IAttemptFault
{
    private readonly Gate _gate = new();
    private TimeSpan _delay;

    public string Name => FaultCatalog.SlowAgent;

    public void Begin(FaultOrder order)
    {
        _delay = TimeSpan.FromSeconds(order.Number(FaultCatalog.Parameters.Seconds));
        _gate.Close();
    }

    public void End() => _gate.Open();

    public Task BeforeAsync(CancellationToken cancellation) => _gate.PassAsync(_delay, time, cancellation);
}

/// <summary><c>stuck-task</c>: attempts begin and do not come to an end while the fault is there.</summary>
internal sealed class StuckTask(TimeProvider time) : IFault, IAttemptFault
{
    private readonly Gate _gate = new();

    public string Name => FaultCatalog.StuckTask;

    public void Begin(FaultOrder order) => _gate.Close();

    public void End() => _gate.Open();

    public Task BeforeAsync(CancellationToken cancellation) => _gate.PassAsync(Timeout.InfiniteTimeSpan, time, cancellation);
}

/// <summary><c>failing-agent</c>: attempts fail with the error type <c>injected</c>.</summary>
internal sealed class FailingAgent : IFault, IAttemptFault
{
    private double _share;

    public string Name => FaultCatalog.FailingAgent;

    public void Begin(FaultOrder order) => Volatile.Write(ref _share, order.Number(FaultCatalog.Parameters.Share));

    public void End() => Volatile.Write(ref _share, 0);

    public Task BeforeAsync(CancellationToken cancellation) => Dice.Hits(Volatile.Read(ref _share))
        ? throw new AgentException("injected", "This failure was injected on purpose ('agentctl chaos list' says by whom).", retryable: true)
        : Task.CompletedTask;
}

/// <summary>Whether something happens that happens to a part of all.</summary>
internal static class Dice
{
    // A fault has to hit at random, and nobody's secret hangs on it.
    internal static bool Hits(double share) => share > 0 && Random.Shared.NextDouble() < share;
}
