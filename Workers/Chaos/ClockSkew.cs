using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;

namespace AgentSystem.Workers.Chaos;

/// <summary>A clock that can be wrong. Only what time it is changes: how long something takes stays true, as with a computer's own clock.</summary>
internal sealed class SkewableClock(TimeProvider actual) : TimeProvider
{
    private long _offsetTicks;

    /// <summary>The machine's clock.</summary>
    internal TimeProvider Actual => actual;

    /// <summary>What is added to the time.</summary>
    internal TimeSpan Offset
    {
        get => new(Volatile.Read(ref _offsetTicks));
        set => Volatile.Write(ref _offsetTicks, value.Ticks);
    }

    public override long TimestampFrequency => actual.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => actual.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => actual.GetUtcNow() + Offset;

    public override long GetTimestamp() => actual.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        actual.CreateTimer(callback, state, dueTime, period);
}

/// <summary><c>clock-skew</c>: the worker believes in a wrong time.</summary>
internal sealed class ClockSkew(SkewableClock clock) : IFault
{
    public string Name => FaultCatalog.ClockSkew;

    public void Begin(FaultOrder order) => clock.Offset = TimeSpan.FromSeconds(order.Number(FaultCatalog.Parameters.Seconds));

    public void End() => clock.Offset = TimeSpan.Zero;
}
