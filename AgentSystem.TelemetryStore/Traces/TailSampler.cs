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
/// A trace that was let go stays from then on when a span comes late that speaks for it. For one thread.
/// </summary>
/// <param name="wait">How long a trace has to be quiet.</param>
/// <param name="slowNanos">Traces that take at least this many nanoseconds stay.</param>
/// <param name="share">Share of the rest that stays, from 0 to 1.</param>
public sealed class TailSampler(TimeSpan wait, long slowNanos, double share)
{
    // Late spans follow what was decided; beyond this many traces the oldest decisions are forgotten, and such spans are a trace of their own.
    private const int MaxRemembered = 100_000;

    private readonly Dictionary<UInt128, (Seen Seen, DateTimeOffset LastSeen)> _undecided = [];
    private readonly Dictionary<UInt128, Seen?> _decided = [];
    private readonly Queue<UInt128> _remembered = [];

    /// <summary>Traces that are not decided about.</summary>
    public int UndecidedCount => _undecided.Count;

    /// <summary>What becomes of spans that arrive now.</summary>
    /// <param name="row">The spans.</param>
    /// <param name="missed">How many spans of the trace were let go before these showed that it has to stay.</param>
    public Verdict Of(SpanRow row, out int missed)
    {
        ArgumentNullException.ThrowIfNull(row);
        missed = 0;
        if (!_decided.TryGetValue(row.TraceId, out var dropped))
            return Verdict.Undecided;
        if (dropped is not { } before)
            return Verdict.Keep;
        var after = before.With(row);
        if (!IsNotable(after))
        {
            _decided[row.TraceId] = after;
            return Verdict.Drop;
        }
        _decided[row.TraceId] = null;
        missed = before.Count;
        return Verdict.Keep;
    }

    /// <summary>Takes note of spans that were stored undecided.</summary>
    public void Note(SpanRow row, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        var seen = _undecided.TryGetValue(row.TraceId, out var state) ? state.Seen : Seen.Nothing;
        _undecided[row.TraceId] = (seen.With(row), now);
    }

    /// <summary>The traces that are quiet, and what becomes of them.</summary>
    public IReadOnlyList<(UInt128 Trace, Verdict Verdict)> Due(DateTimeOffset now) =>
        [.. _undecided.Where(t => now - t.Value.LastSeen >= wait).Select(t => (t.Key, IsNotable(t.Value.Seen) || IsInShare(t.Key) ? Verdict.Keep : Verdict.Drop))];

    /// <summary>Takes note that the decision is carried out.</summary>
    public void Settle(UInt128 trace, Verdict verdict)
    {
        _undecided.Remove(trace, out var state);
        if (_decided.TryAdd(trace, verdict == Verdict.Drop ? state.Seen : null))
            _remembered.Enqueue(trace);
        if (_remembered.Count > MaxRemembered)
            _decided.Remove(_remembered.Dequeue());
    }

    private bool IsNotable(Seen seen) => seen.IsNotable || seen.End - seen.Start >= slowNanos;

    // W3C wants the lower half of an id random; its upper 53 bits as a fraction are spread evenly.
    private bool IsInShare(UInt128 trace) => ((ulong)trace * 0x9E3779B97F4A7C15 >> 11) * (1.0 / (1UL << 53)) < share;

    /// <summary>What is known of a trace.</summary>
    private readonly record struct Seen(long Start, long End, bool IsNotable, int Count)
    {
        internal static readonly Seen Nothing = new(long.MaxValue, long.MinValue, false, 0);

        internal Seen With(SpanRow row) => new(Math.Min(Start, row.FirstStart), Math.Max(End, row.LastEnd), IsNotable || row.IsNotable, Count + row.Count);
    }
}
