namespace AgentSystem.TelemetryStore.Logs;

/// <summary>Keeps log lines. What <see cref="AppendAsync"/> has accepted survives the end of the process.</summary>
public interface ILogStore
{
    /// <summary>Takes the entries; done when they are on disk. The same line with the same metadata and number at one instant of a stream is kept once.</summary>
    ValueTask AppendAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancellationToken);

    /// <summary>The lines wanted, in the order of their time, read from disk as they are enumerated.</summary>
    IEnumerable<LogEntry> Select(LogSelection selection, CancellationToken cancellationToken);

    /// <summary>The label sets of all streams that match and have lines in the time range; sorted.</summary>
    IReadOnlyList<IReadOnlyList<Label>> Streams(LogSelection selection, CancellationToken cancellationToken);

    /// <summary>Lines as they are accepted, of streams that match. One who reads too slowly loses lines and is told which.</summary>
    IAsyncEnumerable<FollowedLines> FollowAsync(IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken);
}

/// <summary>What came since the last time.</summary>
/// <param name="Entries">In the order of acceptance.</param>
/// <param name="Dropped">Lines that were lost in between, or the first of very many.</param>
public sealed record FollowedLines(IReadOnlyList<LogEntry> Entries, IReadOnlyList<LogEntry> Dropped);
