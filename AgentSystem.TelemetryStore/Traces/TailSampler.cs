namespace AgentSystem.TelemetryStore.Traces;

/// <summary>What becomes of spans that arrive.</summary>
public enum Verdict
{
    /// <summary>They stay.</summary>
    Keep,
    /// <summary>They go.</summary>
    Drop,
    /// <summary>It depends on spans that are still to come.</summary>
    Undecided,
}

/// <summary>
/// Decides about whole traces once they have been quiet for a while: what failed, was urgent or was slow stays, and a share of the rest.
/// For one thread.
/// </summary>
/// <param name="wait">How long a trace has to be quiet.</param>
/// <param name="slowNanos">Traces that take at least this many nanoseconds stay.</param>
/// <param name="share">Share of the rest that stays, from 0 to 1.</param>
public sealed class TailSampler(TimeSpan wait, long slowNanos, double share)
{
    // Late spans follow what was decided; beyond this many traces the oldest decisions are forgotten, and such spans are a trace of their own.
    private const int MaxRemembered = 100_000;

    private readonly Dictionary<UInt128, State> _undecided = [];
    private readonly Dictionary<UInt128, Verdict> _decided = [];
    private readonly Queue<UInt128> _remembered = [];

    /// <summary>Traces that are not decided about.</summary>
    public int UndecidedCount => _undecided.Count;

    /// <summary>What becomes of spans of the trace that arrive now.</summary>
    public Verdict Of(UInt128 trace) => _decided.GetValueOrDefault(trace, Verdict.Undecided);

    /// <summary>Takes note of spans that were stored undecided.</summary>
    public void Note(SpanRow row, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        var state = _undecided.GetValueOrDefault(row.TraceId, new(long.MaxValue, long.MinValue, false, now));
        _undecided[row.TraceId] = new(Math.Min(state.Start, row.FirstStart), Math.Max(state.End, row.LastEnd), state.IsNotable || row.IsNotable, now);
    }

    /// <summary>The traces that are quiet, and what becomes of them.</summary>
    public IReadOnlyList<(UInt128 Trace, Verdict Verdict)> Due(DateTimeOffset now) =>
        [.. _undecided.Where(t => now - t.Value.LastSeen >= wait).Select(t => (t.Key, Judge(t.Key, t.Value)))];

    /// <summary>Takes note that the decision is carried out.</summary>
    public void Settle(UInt128 trace, Verdict verdict)
    {
        _undecided.Remove(trace);
        if (_decided.TryAdd(trace, verdict))
            _remembered.Enqueue(trace);
        if (_remembered.Count > MaxRemembered)
            _decided.Remove(_remembered.Dequeue());
    }

    private Verdict Judge(UInt128 trace, State state) =>
        state.IsNotable || state.End - state.Start >= slowNanos || IsInShare(trace) ? Verdict.Keep : Verdict.Drop;

    // W3C wants the lower half of an id random; its upper 53 bits as a fraction are spread evenly.
    private bool IsInShare(UInt128 trace) => ((ulong)trace * 0x9E3779B97F4A7C15 >> 11) * (1.0 / (1UL << 53)) < share;

    private sealed record State(long Start, long End, bool IsNotable, DateTimeOffset LastSeen);
}
