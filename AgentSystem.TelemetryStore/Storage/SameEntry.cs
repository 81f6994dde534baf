using AgentSystem.TelemetryStore.Logs;

namespace AgentSystem.TelemetryStore.Storage;

/// <summary>
/// Which entries of one instant are stored as one, as in Loki's ingester: the same line with the same metadata in one stream, unless they
/// are numbered.
/// </summary>
/// <param name="oneStream">All that is compared belongs to one stream, whatever instance of its labels it has.</param>
internal sealed class SameEntry(bool oneStream) : IEqualityComparer<LogEntry>
{
    public bool Equals(LogEntry? x, LogEntry? y) =>
        x is not null && y is not null && x.Number == y.Number && x.Line == y.Line && (oneStream || ReferenceEquals(x.Stream, y.Stream)) && x.Metadata.SequenceEqual(y.Metadata);

    public int GetHashCode(LogEntry entry) => HashCode.Combine(entry.Line, entry.Number);
}
