namespace AgentSystem.Alerting.Incidents;

/// <summary>Tells an alert that begins and ends again and again from one that happens twice.</summary>
/// <param name="changes">From so many beginnings and ends on it flaps.</param>
/// <param name="window">Within this time.</param>
/// <param name="quiet">It no longer does after this time without a change.</param>
internal sealed class FlapDetector(int changes, TimeSpan window, TimeSpan quiet)
{
    /// <summary>Whether an alert with these changes flaps.</summary>
    /// <param name="at">When it began and ended, oldest first.</param>
    /// <param name="now">The time.</param>
    internal bool IsFlapping(IReadOnlyList<DateTimeOffset> at, DateTimeOffset now) =>
        at.Count >= changes && now - at[^1] < quiet && at[^1] - at[^changes] <= window;

    /// <summary>The changes with another one; older ones than can matter are left out.</summary>
    internal IReadOnlyList<DateTimeOffset> Add(IReadOnlyList<DateTimeOffset> at, DateTimeOffset change) => [.. at.Append(change).Order().TakeLast(changes)];
}
